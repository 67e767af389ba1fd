import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configDifferences, configValues, configWithoutSecrets } from "./config-values.ts";
import { type ConfigLayers, readServerConfig, type ServerConfig } from "./server-config.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-thresholds-"));
  mkdirSync(join(folder, "config"));
  mkdirSync(join(folder, "own"));
  write("own/pack.toml", PACK);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PACK = `name = "own"
description = "A bot that counts fills"
series_budget = 5
[bot_files]
exec = "config/exec.yml"
risk = "config/risk.toml"
[[thresholds]]
name = "exec.fill_ratio_min"
default = 0.5
unit = "ratio"
min = 0
max = 1
help = "Under it, fills are too few."
[[thresholds]]
name = "risk.stake_pct_cap"
default = 2
unit = "percent"
help = "Largest stake."
[[settings]]
name = "risk.bank_source"
pattern = "all|wallet:.+"
help = "all, or wallet:NAME"
`;

const ENABLED = `[packs]\nenabled = ["./own"]\n`;

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function read(text: string, layers: Partial<ConfigLayers> = {}): ServerConfig {
  write("haltwatch.toml", text);
  return readServerConfig({ file: join(folder, "haltwatch.toml"), env: {}, ...layers });
}

/** Value and where it is from. */
function fillRatio(config: ServerConfig): readonly [number | undefined, string | undefined] {
  const found = config.thresholds.find(({ name }) => name === "exec.fill_ratio_min");
  return [found?.value, found?.origin.where];
}

function faultOf(text: string, layers: Partial<ConfigLayers> = {}): string {
  try {
    read(text, layers);
  } catch (error) {
    if (error instanceof ConfigError) return error.oneLine().replaceAll(`${folder}/`, "");
    throw error;
  }
  return "it was taken";
}

test("C5 C6 a threshold's layers are the pack, the bot's file, haltwatch.toml, the environment and the command line", () => {
  expect(fillRatio(read(ENABLED))).toEqual([0.5, "the pack own"]);

  write("config/exec.yml", "# the bot's own\nother: {deep: 1}\nfill_ratio_min: 0.6\n");
  expect(fillRatio(read(ENABLED))).toEqual([0.6, "config/exec.yml:3:1"]);

  const written = `${ENABLED}[thresholds]\nexec.fill_ratio_min = 0.7\n`;
  expect(fillRatio(read(written))).toEqual([0.7, "haltwatch.toml:4:1"]);

  const env = { HALTWATCH_THRESHOLD_EXEC_FILL_RATIO_MIN: "0.8" };
  expect(fillRatio(read(written, { env }))).toEqual([0.8, "HALTWATCH_THRESHOLD_EXEC_FILL_RATIO_MIN"]);

  expect(fillRatio(read(written, { env, thresholds: { "exec.fill_ratio_min": "0.9" } }))).toEqual([0.9, "--threshold"]);
});

test("C5 the bot's files are where [bot_files] says, YAML or TOML, and settings are read from them", () => {
  write("config/risk.toml", 'stake_pct_cap = 1.5\nbank_source = "wallet:sx"\n');
  write("exec-prod.yml", "fill_ratio_min: 0.66\n");

  const config = read(`${ENABLED}[bot_files]\nexec = "exec-prod.yml"\n`);

  expect(fillRatio(config)).toEqual([0.66, "exec-prod.yml:1:1"]);
  expect(config.thresholds.map(({ name, value }) => [name, value])).toContainEqual(["risk.stake_pct_cap", 1.5]);
  expect(config.settings).toMatchObject([
    { name: "risk.bank_source", value: "wallet:sx", origin: { where: "config/risk.toml:2:1" } },
  ]);
});

test.each([
  [
    "a value that is no number",
    "a: 1\nfill_ratio_min: high\n",
    /^config\/exec\.yml:2:1: exec\.fill_ratio_min: "high" is no number/,
  ],
  [
    "a value out of its range",
    "fill_ratio_min: 92\n",
    /^config\/exec\.yml:1:1: exec\.fill_ratio_min: 92 is not from 0 to 1/,
  ],
  ["a list for a value", "fill_ratio_min: [0.9]\n", /^config\/exec\.yml:1:1: fill_ratio_min: one value is wanted here/],
  ["YAML that is none", "fill_ratio_min: [0.9\n", /^config\/exec\.yml:\d+:\d+: /],
  ["a list for a file", "- 1\n", /^config\/exec\.yml:1: this file is not keys and values/],
])("C5 %s in the bot's file is refused with its place", (_, text, fault) => {
  write("config/exec.yml", text);

  expect(faultOf(ENABLED)).toMatch(fault);
});

test.each([
  [
    "a mistyped threshold",
    "[thresholds]\nexec.fill_ratio = 1",
    /^haltwatch\.toml:4:1: the pack own has no threshold exec\.fill_ratio/,
  ],
  ["a pack that is not there", "", /^haltwatch\.toml:2:1: "owm": there is no pack of this name/],
  [
    "a bot's file that no pack reads",
    '[bot_files]\nexe = "x.yml"',
    /^haltwatch\.toml:4:1: no enabled pack reads a file named exe/,
  ],
  [
    "a bot's file that was named and is not there",
    '[bot_files]\nexec = "no.yml"',
    /^no\.yml: this file cannot be read/,
  ],
])("C6 %s is refused with its place", (name, text, fault) => {
  const enabled = name.startsWith("a pack") ? ENABLED.replace("./own", "owm") : ENABLED;

  expect(faultOf(enabled + text)).toMatch(fault);
});

test("C6 a threshold of the environment or the command line that nobody has is refused", () => {
  expect(faultOf(ENABLED, { env: { HALTWATCH_THRESHOLD_EXEC_FIL_RATIO: "1" } })).toMatch(
    /^HALTWATCH_THRESHOLD_EXEC_FIL_RATIO: no threshold has this name/,
  );
  expect(faultOf(ENABLED, { thresholds: { "exec.x": "1" } })).toMatch(
    /^--threshold exec\.x: no threshold has this name/,
  );
});

test("C6 limits of own rules, which no pack defines, stand in haltwatch.toml alone", () => {
  const config = read("[thresholds]\nmine.limit = 5\n[rules]\nsystem = false\n");

  expect(config.thresholds).toMatchObject([{ name: "mine.limit", value: 5, origin: { where: "haltwatch.toml:2:1" } }]);
});

test("F10 the limits of Haltwatch itself are there without any pack enabled, until its rules are taken away", () => {
  const names = (config: ServerConfig) => config.thresholds.map(({ name }) => name);

  expect(names(read(""))).toContain("system.disk_free_bytes_min");
  expect(names(read("[watching]\nown_metrics = false\n"))).toEqual([]);
  expect(faultOf('[packs]\nenabled = ["system"]\n')).toMatch(/this pack is always on/);
});

test("C6 the hash covers thresholds and settings, and not how or where they are written", () => {
  const defaults = read(ENABLED).hash;
  write("config/exec.yml", "fill_ratio_min: 0.5\n");
  const same = read(ENABLED).hash;
  write("config/exec.yml", "fill_ratio_min: 0.6\n");
  const other = read(ENABLED).hash;
  write("config/risk.toml", 'bank_source = "all"\n');
  const setting = read(ENABLED).hash;

  expect(same).toBe(defaults);
  expect(new Set([defaults, other, setting]).size).toBe(3);
});

test("C6 every value is explained with its source, and no secret is shown", () => {
  const text = `${ENABLED}[web]\nlisten = "127.0.0.1:1"\ncontrol_token = "env:TOKEN"\nexternal_url = "https://me:hunter2@x/"\n[[scrape_configs]]\njob_name = "bot"\nbasic_auth = { username = "me", password = "env:PASSWORD" }\n`;

  const config = read(text, {
    env: { HALTWATCH_STORAGE_RETENTION: "2d", TOKEN: "hunter2" },
    commandLine: { "log.level": "warn" },
  });

  const values = new Map(configValues(config).map(({ key, text: shown, origin }) => [key, [shown, origin.where]]));
  expect(values.get("web.listen")).toEqual(['"127.0.0.1:1"', "haltwatch.toml:4:1"]);
  expect(values.get("web.control_token")).toEqual(['"env:TOKEN"', "haltwatch.toml:5:1"]);
  expect(values.get("storage.retention")).toEqual(["2d", "HALTWATCH_STORAGE_RETENTION"]);
  expect(values.get("log.level")).toEqual(['"warn"', "command line"]);
  expect(values.get("query.timeout")).toEqual(["10s", "default"]);
  expect(values.get("thresholds.exec.fill_ratio_min")).toEqual(["0.5 ratio", "the pack own"]);
  expect(JSON.stringify([...values])).not.toContain("hunter2");
});

test("C3 keys in the URLs of nodes and venues are shown nowhere, and the rest of the URL is", () => {
  const key = "d0c2f1a49b7e4c6fa1b2c3d4e5f60718";
  const config = read(`
[chains.arbitrum]
rpc = ["https://arbitrum.example.com/v2/${key}", "https://b.example.com/rpc?apikey=${key}&x=1"]
[[heartbeat.services]]
kind = "http"
name = "sx-api"
url = "https://api.sx.bet/metadata"
`);

  const values = new Map(configValues(config).map(({ key: name, text }) => [name, text]));
  expect(values.get("chains.arbitrum.rpc")).toBe(
    '["https://arbitrum.example.com/v2/<hidden>","https://b.example.com/rpc?apikey=<hidden>&x=1"]',
  );
  expect(values.get("heartbeat.services[0].url")).toBe('"https://api.sx.bet/metadata"');
  expect(configWithoutSecrets(config)).toContain("https://api.sx.bet/metadata");
  for (const shown of [JSON.stringify([...values]), configWithoutSecrets(config)]) expect(shown).not.toContain(key);
});

test("C6 what differs between two configurations is told key by key", () => {
  const before = read(ENABLED);
  const after = read(`${ENABLED}[thresholds]\nexec.fill_ratio_min = 0.7\n`);

  expect(configDifferences(before, after)).toEqual([
    { key: "thresholds.exec.fill_ratio_min", before: "0.5 ratio", after: "0.7 ratio" },
  ]);
  expect(configDifferences(before, before)).toEqual([]);
});

test("D9 limits differ between dev and prod by configuration alone", () => {
  const base = `${ENABLED}[thresholds]\nexec.fill_ratio_min = 0.9\nrisk.stake_pct_cap = 1\n`;
  write("haltwatch.dev.toml", "[thresholds]\nexec.fill_ratio_min = 0.1\n");

  const prod = read(base);
  const dev = read(base, { environment: "dev" });
  const alsoDev = read(base, { env: { HALTWATCH_ENV: "dev" } });

  expect(fillRatio(prod)).toEqual([0.9, "haltwatch.toml:4:1"]);
  expect(fillRatio(dev)).toEqual([0.1, "haltwatch.dev.toml:2:1"]);
  expect(dev.thresholds.find(({ name }) => name === "risk.stake_pct_cap")?.value).toBe(1);
  expect(alsoDev.hash).toBe(dev.hash);
  expect(dev.hash).not.toBe(prod.hash);
});

test("D9 an environment that has no file is refused, and so is a mistake in one, with its place", () => {
  expect(faultOf(ENABLED, { environment: "pord" })).toMatch(/the environment pord has no file haltwatch\.pord\.toml/);
  expect(faultOf(ENABLED, { environment: "../x" })).toMatch(/names no environment/);
  write("haltwatch.dev.toml", "[web]\nlissten = 1\n");
  expect(faultOf(ENABLED, { environment: "dev" })).toMatch(/^haltwatch\.dev\.toml:2:1: unknown key "web\.lissten"/);
});
