import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HaltwatchError } from "../errors.ts";
import { monitoringConfig } from "./monitoring-config.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-config-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function fromFile(text: string, env: Record<string, string> = {}) {
  const file = join(dir, "monitoring.toml");
  writeFileSync(file, text);
  return monitoringConfig(file, env);
}

/** The error's one line, with the test's directory taken out. */
function lineOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof HaltwatchError) return error.oneLine().replaceAll(`${dir}/`, "");
    throw error;
  }
  return "(no error)";
}

test("A6 a file says where metrics are served and where the Slack webhook's URL is kept", () => {
  const config = fromFile('prometheus_bind_addr = "127.0.0.1:9999"\nslack_webhook_url = "env:SLACK_WEBHOOK_URL"\n');

  expect(config.bindAddress).toEqual({ host: "127.0.0.1", port: 9999 });
  expect(config.slackWebhook).toEqual({ kind: "env", name: "SLACK_WEBHOOK_URL" });
});

test("A6 the webhook is optional, and everything else has a default that stays on this machine", () => {
  const config = fromFile("");

  expect(config).toMatchObject({
    enabled: true,
    bindAddress: { host: "127.0.0.1", port: 9898 },
    slackWebhook: undefined,
    latencyBucketsMs: [50, 100, 200, 500, 1000],
    csv: undefined,
    log: { destination: "stderr", level: "info" },
  });
});

test("A6 a literal secret is refused, and its text is not repeated", () => {
  const line = lineOf(() => fromFile('\nslack_webhook_url = "https://hooks.slack.com/services/T0/B0/verysecret"'));

  expect(line).toBe(
    "monitoring.toml:2:1: slack_webhook_url holds a literal value, and secrets do not belong in a file. " +
      "Keep it in an environment variable, a file or the system keyring, and write env:NAME, file:PATH or keyring:NAME here.",
  );
  expect(line).not.toContain("verysecret");
});

test("B3 METRICS_PORT and METRICS_ENABLED win over the file", () => {
  const config = fromFile('prometheus_bind_addr = "127.0.0.1:9999"\nmetrics_enabled = true', {
    METRICS_PORT: "9100",
    METRICS_ENABLED: "false",
  });

  expect(config.bindAddress.port).toBe(9100);
  expect(config.enabled).toBe(false);
});

test.each([
  ["METRICS_PORT", "70000", /must be a port, from 0 to 65535. It is "70000"/],
  ["METRICS_PORT", "x", /must be a port/],
  ["METRICS_ENABLED", "maybe", /METRICS_ENABLED must be true or false. It is "maybe"/],
])("B3 %s=%s is one clear error", (name, value, message) => {
  expect(lineOf(() => monitoringConfig({}, { [name]: value }))).toMatch(message);
});

test.each([
  ["TOML that cannot be read", 'log = "a"\nx = = 1', /^monitoring\.toml:2:\d+: not valid TOML/],
  [
    "an unknown key",
    'log = "stderr"\ncsv_dri = "x"',
    /^monitoring\.toml:2:1: unknown key "csv_dri"\. Did you mean "csv_dir"\?$/,
  ],
  ["a key in other clothes", 'prometheusBindAddr = "x:1"', /Did you mean "prometheus_bind_addr"\?/],
  ["a key far from all", "banana = 1", /unknown key "banana"\. Known are: metrics_enabled, /],
  ["a key of an object's prototype", "toString = 1", /unknown key "toString"/],
  ["an unknown table", "[slack]\nurl = 1", /^monitoring\.toml:1:2: unknown key "slack"/],
  ["a value of another type", "metrics_enabled = 1", /metrics_enabled must be true or false\. It is 1\./],
  ["an address without a host", 'prometheus_bind_addr = ":9898"', /must be host:port/],
  ["an address without a port", 'prometheus_bind_addr = "localhost"', /must be host:port/],
  ["buckets out of order", "latency_buckets_ms = [2, 1]", /ascending order/],
  ["a log level that is none", 'log_level = "loud"', /one of debug, info, warn, error/],
  ["half of TLS", 'tls_cert_file = "c.pem"', /tls_cert_file is set, tls_key_file is not/],
])("A6 %s is one line with its place and what to do", (_, text, line) => {
  expect(lineOf(() => fromFile(text))).toMatch(line);
});

test("A6 a file that is named must be there; the default one need not", () => {
  expect(lineOf(() => monitoringConfig(join(dir, "none.toml"), {}))).toBe(
    "none.toml: this file does not exist. Name a TOML file, or leave the name out to use the defaults.",
  );
  expect(monitoringConfig(undefined, {}).bindAddress.port).toBe(9898);
});

test("F3 a link is where the file says; without Haltwatch nothing is traded, unless it says otherwise", () => {
  const config = fromFile(
    'bot_name = "arb-1"\nlink_url = "https://watch.example:9898"\nlink_token = "env:LINK_TOKEN"\nlost_lease = "reduce"\n',
  );

  expect(config.link).toEqual({
    url: "https://watch.example:9898",
    bot: "arb-1",
    token: { kind: "env", name: "LINK_TOKEN" },
  });
  expect(config.lostLease).toBe("reduce");
  expect(fromFile("")).toMatchObject({ link: undefined, lostLease: "halt" });
});

test.each([
  ['link_url = "http://127.0.0.1:9898"', "monitoring.toml:1:1: link_url is set, bot_name is not."],
  ['link_url = "127.0.0.1:9898"', "monitoring.toml:1:1: link_url must be Haltwatch's address"],
  ['link_url = "http://me:secret@host"', "monitoring.toml:1:1: link_url must be Haltwatch's address"],
  ['lost_lease = "ignore"', "monitoring.toml:1:1: lost_lease must be one of halt, reduce, open."],
  ['link_token = "verysecret"', "monitoring.toml:1:1: link_token holds a literal value"],
])("a link's mistake is told with its place: %s", (text, expected) => {
  const line = lineOf(() => fromFile(text));

  expect(line.startsWith(expected), line).toBe(true);
  expect(line).not.toContain("secret@");
  expect(line).not.toContain("verysecret");
});
