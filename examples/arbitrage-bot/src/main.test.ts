import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

const STOP_WITHIN_MS = 2000;

let dir: string;
let config: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-bot-"));
  config = join(dir, "monitoring.toml");
  writeFileSync(config, 'prometheus_bind_addr = "127.0.0.1:0"\nlog_level = "info"\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
  const log = stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  return { status, stdout, stderr, log };
}

test.each([
  [["--replai", "x"], /Unknown option '--replai'.*--help/],
  [["spot.gz"], /"spot.gz" stands alone.*follow --replay/],
  [["--seed", "-1"], /Run it with --help/],
  [["--speed", "fast"], /--speed is "fast".*above 0/],
  [["--duration", "0"], /--duration is "0".*above 0/],
  [["--duration", "1e9"], /above 0, up to 2147483/],
  [["--port", "70000"], /--port is "70000".*0 to 65535/],
  [["--config", "none.toml"], /none\.toml/],
  [["--replay", "none.gz"], /none\.gz: cannot be read: ENOENT/],
])("wrong use %j is one line that says what is right, and exit code 2", (args, message) => {
  const { status, stderr } = run(...args);

  expect(status).toBe(2);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(message);
});

test("help is no mistake", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--replay FILE"), stderr: "" });
});

test("on the simulated clock a duration is market time: the same orders, a summary in the log, exit code 0", () => {
  const args = ["--config", config, "--speed", "max", "--duration", "600", "--seed", "5"];

  const [first, second] = [run(...args), run(...args)];

  expect(first.status).toBe(0);
  expect(first.stdout).toMatch(/^Done: .*orders \d{2,} /m);
  expect(first.stdout.split("Done:")[1]).toBe(second.stdout.split("Done:")[1]);
  expect(first.log.find(({ event }) => event === "bot_ended")).toMatchObject({
    orders: { cex: expect.any(Number), dex: expect.any(Number) },
    profit_quote: expect.any(Number),
  });
});

test("a recording of one venue: the other is made up, and the log says so; one that breaks off says where", () => {
  const recording = join(dir, "spot");
  const line = (ms: number): string =>
    `${1_700_000_000_000 + ms}000000 {"stream":"ethusdt@bookTicker","data":{"s":"ETHUSDT","b":"2000","a":"2001"}}\n`;
  writeFileSync(recording, line(0) + line(500));
  const whole = run("--config", config, "--speed", "max", "--replay", recording);
  writeFileSync(recording, `${line(0)}nonsense\n${line(500)}`);
  const broken = run("--config", config, "--speed", "max", "--replay", recording);

  expect(whole.status).toBe(0);
  expect(whole.stdout).toContain("CEX: spot/ETHUSDT. DEX: simulated.");
  expect(whole.log.find(({ event }) => event === "venue_simulated")).toMatchObject({ venue: "dex", level: "warn" });
  expect(broken.status).toBe(2);
  expect(broken.stderr).toContain(`${recording}:2: this line cannot be read`);
});

test.each([
  ["SIGINT", "1"],
  ["SIGTERM", "max"],
] as const)(
  "A10 %s ends the bot at speed %s within two seconds, with its summary and exit code 0",
  async (signal, speed) => {
    const child = spawn(process.execPath, [MAIN, "--config", config, "--speed", speed]);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes("Metrics: ")) await once(child.stdout, "data");
    const sent = performance.now();

    child.kill(signal);
    const [code] = await once(child, "exit");

    expect(code).toBe(0);
    expect(performance.now() - sent).toBeLessThan(STOP_WITHIN_MS);
    expect(output).toContain('"event":"bot_ended"');
  },
);
