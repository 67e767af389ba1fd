import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerConfig, type ServerConfig } from "../config/server-config.ts";
import { Secrets } from "../secrets/index.ts";
import { orchestratorSettings } from "./orchestrator-settings.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-orchestrators-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BETTING = `[[orchestrators]]
name = "betting-1"
scope = "bot:betting-1"
headers = { Authorization = "Bearer env:BETTING_TOKEN" }

[orchestrators.pause]
url = "http://127.0.0.1:8700/bots/{{bot}}/pause?why={{reason}}"
body = '{"reason": "{{reason}}", "epoch": {{epoch}}}'

[orchestrators.resume]
url = "http://127.0.0.1:8700/bots/{{bot}}/resume"

[orchestrators.state]
url = "http://127.0.0.1:8700/status"
pointer = "/status"
paused_when = ["paused"]
`;

const SECOND = `${BETTING}
[[orchestrators]]
name = "betting-2"
scope = "bot:betting-2"
on_arm = "nothing"
`;

function read(text: string): ServerConfig {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, text);
  return readServerConfig({ file, env: {} });
}

function faultOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.oneLine().replaceAll(`${folder}/`, "");
    throw error;
  }
  return "(no error)";
}

test("F11 no orchestrator is asked anything unless it is configured", () => {
  expect(read("").orchestrators).toEqual([]);
});

test("what is written becomes requests, escaped for where they stand, with secrets from where they are kept", () => {
  const env: Record<string, string> = { BETTING_TOKEN: "s3cret" };
  const config = read(BETTING);
  const [settings] = config.orchestrators.map((one) => orchestratorSettings(one, new Secrets({ env })));
  const values = { scope: "bot:betting-1", bot: "betting-1", venue: "", strategy: "", state: "HALTED", rule: "R" };
  const filled = { ...values, reason: 'odds "moved" & more', epoch: "7" };

  expect(settings).toMatchObject({
    timeoutMs: 2000,
    confirmWithinMs: 5000,
    state: { everyMs: 200, checkEveryMs: 5000 },
  });
  expect(settings?.pause.url.fill(filled)).toBe(
    "http://127.0.0.1:8700/bots/betting-1/pause?why=odds%20%22moved%22%20%26%20more",
  );
  expect(settings?.pause.body?.fill(filled)).toBe('{"reason": "odds \\"moved\\" & more", "epoch": 7}');
  expect(settings?.pause.headers()).toMatchObject({
    Authorization: "Bearer s3cret",
    "Content-Type": "application/json",
  });
  env["BETTING_TOKEN"] = "new";
  expect(settings?.pause.headers()).toMatchObject({ Authorization: "Bearer new" });
  env["BETTING_TOKEN"] = "";
  expect(settings?.pause.headers()).toMatchObject({ Authorization: "Bearer new" });
  expect(config.shown).not.toContain("s3cret");
});

test("the documentation's example is right", () => {
  const text = readFileSync(new URL("../../../../docs/pausing.md", import.meta.url), "utf8");
  const [, example = ""] = /^```toml\n(\[\[orchestrators.*?)^```/ms.exec(text) ?? [];

  expect(read(example).orchestrators).toMatchObject([{ name: "betting-1", on_arm: "resume", timeout: 2000 }]);
});

test("a secret that is not there is told when Haltwatch starts, not when a bot has to be paused", () => {
  const [config] = read(BETTING).orchestrators;

  expect(() => config && orchestratorSettings(config, new Secrets({ env: {} }))).toThrow(
    /BETTING_TOKEN, which is not set/,
  );
});

test.each([
  [
    "a secret in the file",
    BETTING.replace("env:BETTING_TOKEN", "verysecret"),
    /^haltwatch\.toml:4:1: .*does not belong/,
  ],
  ["an unknown placeholder", BETTING.replace('{{reason}}"', '{{raeson}}"'), /^haltwatch\.toml:7:1: .*no placeholder/],
  ["one that is not closed", BETTING.replace("{{epoch}}", "{{epoch"), /^haltwatch\.toml:8:1: .*does not end/],
  ["one outside of quotes", BETTING.replace('"{{reason}}",', "{{reason}},"), /^haltwatch\.toml:8:1: .*no JSON/],
  ["one in the host", BETTING.replace("127.0.0.1:8700/bots", "{{bot}}:8700/bots"), /^haltwatch\.toml:7:1: .*host/],
  [
    "one that is always empty",
    BETTING.replace("{{bot}}/resume", "{{venue}}"),
    /^haltwatch\.toml:11:1: .*names no venue/,
  ],
  [
    "a URL that is none",
    BETTING.replace("http://127.0.0.1:8700/status", "status"),
    /^haltwatch\.toml:14:1: .*whole URL/,
  ],
  ["credentials in a URL", BETTING.replace("http://", "http://me:verysecret@"), /^haltwatch\.toml:7:1: .*headers/],
  ["no scope", BETTING.replace('"bot:betting-1"', '"betting-1"'), /^haltwatch\.toml:3:1: .*is no scope/],
  ["no way to resume", BETTING.replace(/\[orchestrators.resume\]\n.*\n/, ""), /on_arm: a resume request is missing/],
  ["no pause, of the second", SECOND, /^haltwatch\.toml:18:2: orchestrators\[1\].pause: write a request/],
  [
    "an unknown key of the second",
    `${SECOND}paws = 1\n[orchestrators.pause]\nurl = "http://127.0.0.1:1"`,
    /^haltwatch\.toml:22:1: unknown key "orchestrators\[1\].paws"/,
  ],
  ["two of one name", `${BETTING}\n${BETTING}`, /^haltwatch\.toml:19:1: .*two orchestrators are named betting-1/],
  ["a pointer that is none", BETTING.replace('"/status"', '"status"'), /^haltwatch\.toml:15:1: .*JSON pointer/],
  [
    "a method that is none",
    BETTING.replace("[orchestrators.pause]", '[orchestrators.pause]\nmethod = "PAUSE"'),
    /:7:1: /,
  ],
  [
    "a mistake in a table within a line",
    BETTING.replace(/\[orchestrators.resume\]\nurl.*\n/, "").replace(
      'scope = "bot:betting-1"',
      'scope = "bot:betting-1"\nresume = { url = "nowhere" }',
    ),
    /^haltwatch\.toml:4:1: .*whole URL/,
  ],
])("%s is one line with its place and what to do", (_, text, line) => {
  expect(faultOf(text)).toMatch(line);
  expect(faultOf(text)).not.toContain("verysecret");
});
