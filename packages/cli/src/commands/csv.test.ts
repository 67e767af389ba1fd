import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const BOT = fileURLToPath(new URL("../../../../examples/arbitrage-bot/src/main.ts", import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-cli-csv-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("A3 what a bot wrote is read back: as a table, and as JSON lines; an unfinished line is named, not fatal", () => {
  const csv = join(dir, "records");
  const config = join(dir, "monitoring.toml");
  appendFileSync(config, `csv_dir = ${JSON.stringify(csv)}\nlog_level = "error"\n`);
  const bot = spawnSync(
    process.execPath,
    [BOT, "--config", config, "--port", "0", "--speed", "1000", "--duration", "1"],
    { encoding: "utf8" },
  );
  const orders = Number(/orders (\d+)/.exec(bot.stdout.slice(bot.stdout.indexOf("Done:")))?.[1]);

  const table = spawnSync(process.execPath, [MAIN, "csv", csv], { encoding: "utf8" });
  const json = spawnSync(process.execPath, [MAIN, "csv", "--json", csv], { encoding: "utf8", maxBuffer: 1e9 });

  expect(orders).toBeGreaterThan(0);
  expect(table.stdout).toMatch(new RegExp(`^order +${orders} `, "m"));
  const records = json.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(records.filter(({ kind }) => kind === "order")).toHaveLength(orders);

  const [file] = spawnSync("ls", [csv], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((name) => name.startsWith("orders"));
  appendFileSync(join(csv, file ?? ""), "2026-11-21T12");
  const torn = spawnSync(process.execPath, [MAIN, "csv", csv], { encoding: "utf8" });
  expect(torn).toMatchObject({ status: 0, stderr: expect.stringContaining("the last line was not finished") });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "A3 A10 %s in the middle of trading: the bot ends with code 0, and its CSV files are complete",
  async (signal) => {
    const csv = join(dir, "records");
    const config = join(dir, "monitoring.toml");
    appendFileSync(config, `csv_dir = ${JSON.stringify(csv)}\nlog_level = "error"\n`);
    const bot = spawn(process.execPath, [BOT, "--config", config, "--port", "0", "--speed", "500"]);
    let output = "";
    const url = await new Promise<string>((resolve) => {
      bot.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /http:\S+\/metrics/.exec(output);
        if (found !== null) resolve(found[0]);
      });
    });
    while (!/orders_total\{venue="dex"\} [1-9]\d/.test(await (await fetch(url)).text())); // until it trades

    bot.kill(signal);
    const [code] = await once(bot, "close");

    const orders = Number(/orders (\d+)/.exec(output.slice(output.indexOf("Done:")))?.[1]);
    const table = spawnSync(process.execPath, [MAIN, "csv", csv], { encoding: "utf8" });
    expect(code).toBe(0);
    expect(orders).toBeGreaterThan(20);
    expect(table.stdout).toMatch(new RegExp(`^order +${orders} `, "m"));
    expect(table.stderr).toBe("");
  },
);

test("A3 a path that is not there is one line, and exit code 2", () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "csv", join(dir, "none")], { encoding: "utf8" });

  expect(status).toBe(2);
  expect(stderr).toMatch(/^haltwatch: .*none: cannot be read: .*Name CSV files that a bot wrote/);
});
