import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { readPrometheusYml } from "../scrape/prometheus-yml.ts";
import type { ScrapeJob } from "../scrape/scrape-job.ts";
import { ExportPlaces } from "./export-places.ts";
import { scrapeJobKeys } from "./scrape-job-keys.ts";

const FILE = join(tmpdir(), "prometheus.yml");

function places(): ExportPlaces {
  return new ExportPlaces({ configFolder: tmpdir(), secretPath: (name) => `/secrets/${name}`, keepsFiles: true });
}

function read(job: object): ScrapeJob | undefined {
  return readPrometheusYml(stringify({ scrape_configs: [job] }), FILE).scrapeConfigs[0];
}

const STATIC = { static_configs: [{ targets: ["a:1", "b:2"], labels: { bot: "arb-1" } }] };

test.each([
  ["the least", { job_name: "a", ...STATIC }],
  ["times and limits", { job_name: "a", scrape_interval: "1500ms", scrape_timeout: "1s", sample_limit: 5, ...STATIC }],
  ["a size", { job_name: "a", body_size_limit: "10MB", label_limit: 3, ...STATIC }],
  ["a path", { job_name: "a", scheme: "https", metrics_path: "/m", params: { x: ["1", "2"] }, ...STATIC }],
  ["what is on or off", { job_name: "a", honor_labels: true, honor_timestamps: false, follow_redirects: false }],
  ["protocols", { job_name: "a", scrape_protocols: ["PrometheusText0.0.4"], ...STATIC }],
  ["files", { job_name: "a", file_sd_configs: [{ files: ["/t/*.json"], refresh_interval: "30s" }] }],
  ["secrets in files", { job_name: "a", basic_auth: { username: "me", password_file: "/p" } }],
  ["another token", { job_name: "a", authorization: { type: "Token", credentials_file: "/c" } }],
  ["certificates", { job_name: "a", tls_config: { ca_file: "/ca", server_name: "x", insecure_skip_verify: true } }],
  [
    "relabelling",
    {
      job_name: "a",
      relabel_configs: [
        { source_labels: ["__address__"], regex: "(.*):.*", target_label: "host", replacement: "h-$1" },
        { source_labels: ["x", "y"], separator: "", modulus: 3, target_label: "shard", action: "hashmod" },
        { source_labels: ["x"], target_label: "y", replacement: "" },
      ],
      metric_relabel_configs: [
        { regex: "secret_.*", action: "labeldrop" },
        { source_labels: ["x"], target_label: "y", action: "keepequal" },
        { regex: "a_(.*)", replacement: "$1", action: "labelmap" },
      ],
    },
  ],
])("a job is exported with nothing lost: %s", (_, job) => {
  const before = read(job);
  if (before === undefined) throw new Error("it was written");

  expect(read(scrapeJobKeys(before, places()))).toEqual(before);
});

test("only what differs from Prometheus's own defaults is written: older ones do not know newer keys", () => {
  const job = read({ job_name: "a", ...STATIC });
  if (job === undefined) throw new Error("it was written");

  expect(scrapeJobKeys(job, places())).toEqual({
    ...{ job_name: "a", scrape_interval: "1m", scrape_timeout: "10s" },
    ...STATIC,
  });
});

test("secrets that are no files are to be put into one, each job's into its own", () => {
  const job = read({ job_name: "My Bot!", basic_auth: { username: "me", password: "env:BOT" } });
  if (job === undefined) throw new Error("it was written");
  const own = places();

  expect(scrapeJobKeys(job, own)).toMatchObject({
    basic_auth: { username: "me", password_file: "/secrets/scrape-my-bot-password" },
  });
  expect(own.needed).toEqual([{ name: "scrape-my-bot-password", what: "password of My Bot!", reference: "env:BOT" }]);
});

test("two jobs whose names are alike have their own secrets, and the same secret is one file", () => {
  const own = places();
  const exported = ["a b", "a-b", "a b"].map((job_name) => {
    const job = read({
      job_name,
      basic_auth: { username: "me", password: `env:${job_name === "a b" ? "ONE" : "TWO"}` },
    });
    if (job === undefined) throw new Error("it was written");
    return scrapeJobKeys(job, own)["basic_auth"];
  });

  expect(exported.map((auth) => JSON.stringify(auth).match(/scrape[^"]*/)?.[0])).toEqual([
    "scrape-a-b-password",
    "scrape-a-b-password-2",
    "scrape-a-b-password",
  ]);
});
