import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { SYSTEM_PACK } from "@haltwatch/packs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConfigLayers, readServerConfig, type ServerConfig } from "./server-config.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-server-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, layers: Partial<ConfigLayers> = {}): ServerConfig {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, text);
  return readServerConfig({ file, env: {}, ...layers });
}

function faultOf(text: string, layers: Partial<ConfigLayers> = {}): string {
  try {
    read(text, layers);
  } catch (error) {
    if (error instanceof ConfigError) return error.oneLine().replaceAll(`${folder}/`, "");
    throw error;
  }
  return "(no error)";
}

test("C6 without a file there are defaults, which listen on this machine only", () => {
  const config = read("");

  expect(config.web.listen).toBe("127.0.0.1:9898");
  expect(config.storage.retention).toBe(30 * 86_400_000);
  expect(config.jobs).toEqual([]);
  expect([...config.sources]).toEqual([]);
});

test("C6 the file goes over the defaults, the environment over the file, the command line over all; each value says where it is from", () => {
  const text = '[web]\nlisten = "127.0.0.1:1"\n[storage]\npath = "a.db"\nretention = "1d"\n';
  const config = read(text, {
    env: { HALTWATCH_STORAGE_PATH: "b.db", HALTWATCH_STORAGE_RETENTION: "2d" },
    commandLine: { "storage.path": "c.db", "web.listen": undefined },
  });

  expect(config.web.listen).toBe("127.0.0.1:1");
  expect(config.storage).toMatchObject({ path: "c.db", retention: 2 * 86_400_000 });
  expect(Object.fromEntries(config.sources)).toEqual({
    "web.listen": "file",
    "storage.path": "command line",
    "storage.retention": "environment",
  });
});

test("C6 one hash of the whole: the same values in another order have the same, another value has another", () => {
  const a = read('[web]\nlisten = "127.0.0.1:1"\nexternal_url = "x"\n');
  const b = read('[web]\nexternal_url = "x"\nlisten = "127.0.0.1:1"\n');
  const c = read('[web]\nexternal_url = "y"\nlisten = "127.0.0.1:1"\n');

  expect(a.hash).toBe(b.hash);
  expect(a.hash).not.toBe(c.hash);
  expect(a.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("scrape configurations have Prometheus's own keys, here and in a prometheus.yml beside it", () => {
  writeFileSync(
    join(folder, "prometheus.yml"),
    "global: { external_labels: { site: home } }\nrule_files: [more.yml]\nscrape_configs: [{ job_name: other, static_configs: [{ targets: ['a:1'] }] }]\nremote_write: [{ url: 'http://x' }]\n",
  );
  const config = read(`prometheus_config = "prometheus.yml"
[global]
scrape_interval = "2s"
[rules]
files = ["rules/*.yml"]
[[scrape_configs]]
job_name = "bot"
static_configs = [{ targets = ["127.0.0.1:9464"] }]
`);

  expect(config.jobs.map(({ job_name: name, scrape_interval: ms }) => [name, ms])).toEqual([
    ["bot", 2000],
    ["other", 60_000],
  ]);
  expect(config.ruleFiles).toEqual([
    join(folder, "rules/*.yml"),
    join(folder, "more.yml"),
    ...SYSTEM_PACK.ruleFiles, // always on
  ]);
  expect(config.externalLabels).toEqual({ site: "home" });
  expect(config.warnings.join()).toContain("prometheus.yml:4:");
});

test.each([
  ["an unknown key", '[web]\nlisten = "127.0.0.1:1"\nlissten = "x"', /^haltwatch\.toml:3:1: unknown key "web.lissten"/],
  ["an unknown table", "[wep]\nlisten = 1", /^haltwatch\.toml:1:2: unknown key "wep"/],
  ["an address that is none", '\n[web]\nlisten = ":99"', /^haltwatch\.toml:3:1: web.listen: write an address like/],
  [
    "a duration that is none",
    '[storage]\nretention = "long"',
    /^haltwatch\.toml:2:1: storage.retention: "long" is no duration/,
  ],
  [
    "a secret in the file",
    '[web]\ncontrol_token = "verysecret"',
    /^haltwatch\.toml:2:1: web.control_token: a secret does not belong in a file/,
  ],
  ["half of TLS", '[web]\ntls_cert_file = "c.pem"', /TLS needs both/],
  ["TOML that cannot be read", "[web\n", /^haltwatch\.toml:1:\d+: /],
  [
    "two jobs of one name",
    "[[scrape_configs]]\njob_name = 'a'\n[[scrape_configs]]\njob_name = 'a'",
    /two scrape configurations are named "a"/,
  ],
])("%s is one line with its place and what to do", (_, text, line) => {
  expect(faultOf(text)).toMatch(line);
  expect(faultOf(text)).not.toContain("verysecret");
});

test("a mistake in the environment names the variable, not the file", () => {
  expect(faultOf("", { env: { HALTWATCH_STORAGE_RETENTION: "long" } })).toMatch(
    /^HALTWATCH_STORAGE_RETENTION: "long" is no duration/,
  );
});

test("a prometheus.yml says how often its rules are evaluated, unless haltwatch.toml does", () => {
  writeFileSync(join(folder, "prometheus.yml"), "global: { evaluation_interval: 3s }\n");
  const named = 'prometheus_config = "prometheus.yml"\n';

  expect(read("").rules.evaluation_interval).toBe(15_000);
  expect(read(named).rules.evaluation_interval).toBe(3_000);
  expect(read(`${named}[rules]\nevaluation_interval = "2s"\n`).rules.evaluation_interval).toBe(2_000);
});

test("queries are evaluated for a second at most, unless it is said otherwise", () => {
  const text = '[query]\ntimeout = "1m"\nevaluation_timeout = "500ms"\nmax_samples = 1000\n';

  expect(read("").query).toEqual({ timeout: 10_000, evaluation_timeout: 1_000, max_samples: 10_000_000 });
  expect(read(text).query).toEqual({ timeout: 60_000, evaluation_timeout: 500, max_samples: 1000 });
  expect(read("", { env: { HALTWATCH_QUERY_TIMEOUT: "5s" } }).query.timeout).toBe(5_000);
});
