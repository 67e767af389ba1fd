import { ConfigError } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { readPrometheusYml } from "./prometheus-yml.ts";

/** The error's place and message: `3:5 scrape_configs[0].x: …`. */
function faultOf(text: string): string {
  try {
    readPrometheusYml(text, "/etc/prometheus.yml", {});
    return "good";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return `${error.line}:${error.column} ${error.code} ${error.key ?? ""}: ${error.message}`;
  }
}

test("a job has what it leaves out from global, and paths from the file's folder", () => {
  const { scrapeConfigs, ruleFiles, externalLabels, global } = readPrometheusYml(
    `
global: { scrape_interval: 5s, sample_limit: 10, external_labels: { host: "\${HOST}-a" } }
rule_files: [rules/*.yml, /abs/x.yml]
scrape_configs:
  - job_name: bots
    body_size_limit: 1KB
    basic_auth: { username: u, password_file: secret }
    file_sd_configs: [{ files: [targets/*.json] }]
    static_configs:
      - targets: [127.0.0.1:9464]
        labels: { port: 9464, paper: true }
  - job_name: slow
    scrape_interval: 1m
    sample_limit: 7
`,
    "/etc/haltwatch/prometheus.yml",
    { HOST: "vps" },
  );

  const [bots, slow] = scrapeConfigs;
  expect(bots).toMatchObject({
    scrape_interval: 5_000,
    scrape_timeout: 5_000,
    sample_limit: 10,
    body_size_limit: 1024,
    honor_timestamps: true,
    basic_auth: { username: "u", password_file: "/etc/haltwatch/secret" },
    file_sd_configs: [{ files: ["/etc/haltwatch/targets/*.json"] }],
    static_configs: [{ targets: ["127.0.0.1:9464"], labels: { port: "9464", paper: "true" } }],
  });
  expect(slow).toMatchObject({ scrape_interval: 60_000, scrape_timeout: 5_000, sample_limit: 7 });
  expect(ruleFiles).toEqual(["/etc/haltwatch/rules/*.yml", "/abs/x.yml"]);
  expect(externalLabels).toEqual({ host: "vps-a" });
  expect(global.evaluation_interval).toBe(60_000);
});

test("what Prometheus knows and Haltwatch does not is named, with its place", () => {
  const { warnings } = readPrometheusYml(
    `scrape_configs:
  - job_name: a
    consul_sd_configs: [{ server: x }]
    tls_config: { min_version: TLS12 }
remote_write: [{ url: "http://x" }]
`,
    "prometheus.yml",
  );

  expect(warnings.map(({ path, line, column }) => `${line}:${column} ${path}`)).toEqual([
    "3:5 scrape_configs[0].consul_sd_configs",
    "4:19 scrape_configs[0].tls_config.min_version",
    "5:1 remote_write",
  ]);
});

test("mistakes are told with line, column and key", () => {
  const job = (rest: string): string => faultOf(`scrape_configs:\n  - job_name: a\n    ${rest}\n`);

  expect(job("scrape_intervall: 5s")).toBe(
    '3:5 UNKNOWN_KEY scrape_configs[0].scrape_intervall: unknown key "scrape_intervall"',
  );
  expect(job("scrape_interval: soon")).toMatch(/^3:22 BAD_VALUE scrape_configs\[0\].scrape_interval: .*is no duration/);
  expect(job("scrape_timeout: 2m")).toMatch(/^3:21 BAD_VALUE .*scrape_timeout is longer than scrape_interval/);
  expect(job("basic_auth: { password: hunter2 }")).toMatch(/^3:29 LITERAL_SECRET .*password_file.*env:NAME$/);
  expect(job("basic_auth: { password: hunter2 }")).not.toContain("hunter2");
  expect(job("basic_auth: { password: env:SECRET }")).toBe("good");
  expect(job("scrape_protocols: [PrometheusProto]")).toMatch(/Haltwatch reads OpenMetricsText1.0.0/);
  expect(job("relabel_configs: [{ action: keep, regex: '(' }]")).toMatch(/relabel_configs\[0\].regex: .*is not RE2's/);
  expect(faultOf("scrape_configs:\n  - honor_labels: true\n")).toMatch(/^2:5 BAD_VALUE .*job_name/);
  expect(faultOf("scrape_config: []\n")).toBe('1:1 UNKNOWN_KEY scrape_config: unknown key "scrape_config"');
  expect(faultOf("a: [\n")).toMatch(/BAD_YAML/);
  expect(faultOf("scrape_configs:\n  - job_name: a\n  - job_name: a\n")).toMatch(/^3:15 BAD_VALUE .*another scrape/);
  expect(faultOf("")).toBe("good");
});
