import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MetricError } from "../errors.ts";
import { MAX_LINES_PER_EVENT_AND_SECOND } from "./event-rates.ts";
import { JsonLog, type JsonLogOptions } from "./json-log.ts";
import { MAX_FIELD_CHARACTERS } from "./plain-fields.ts";

let dir: string;
let now: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-log-"));
  now = Date.UTC(2026, 10, 21, 12);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(options: Partial<JsonLogOptions> = {}): Promise<JsonLog> {
  return JsonLog.open({ destination: { file: join(dir, "bot.log") }, level: "info", now: () => now, ...options });
}

/** Ends the log, and gives its lines. */
async function linesOf(log: JsonLog): Promise<Record<string, unknown>[]> {
  await log.close();
  const [file = ""] = readdirSync(dir);
  return readFileSync(join(dir, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("A1 a line is a JSON object with UTC time, level, event, the bot's name and the fields", async () => {
  const log = await open({ bot: "arb-1" });

  log.warn("order_failed", { venue: "cex", reason: "price\nmoved", level: "mine", suppressed: 99 });

  expect(await linesOf(log)).toEqual([
    {
      time: "2026-11-21T12:00:00.000Z",
      level: "warn",
      event: "order_failed",
      bot: "arb-1",
      venue: "cex",
      reason: "price\nmoved",
    },
  ]);
  expect(readdirSync(dir)).toEqual(["bot-2026-11-21.log"]);
});

test("lines below the level are left out", async () => {
  const log = await open({ level: "warn" });

  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");

  expect((await linesOf(log)).map(({ event }) => event)).toEqual(["c", "d"]);
});

test("whatever a field holds, the line is written and the bot goes on", async () => {
  const log = await open();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const hostile = {
    toJSON() {
      throw new Error("no");
    },
  };

  log.info("odd", {
    circle,
    hostile,
    big: 10n,
    nan: Number.NaN,
    nothing: undefined,
    nested: { id: 5n },
    long: "x".repeat(10_000),
    error: new MetricError("BAD_VALUE", "a", { metric: "m", hint: "b" }),
    plain: new TypeError("t"),
  });

  const [line] = await linesOf(log);
  expect(line).toMatchObject({
    circle: { self: expect.stringContaining("circular") },
    hostile: expect.stringContaining("not shown"),
    big: "10",
    nan: "NaN",
    nested: { id: "5" },
    error: { message: "a. b.", code: "BAD_VALUE" },
    plain: { message: "t", name: "TypeError" },
  });
  expect(String(line?.["long"])).toHaveLength(MAX_FIELD_CHARACTERS + 1);
});

test("what is named like a secret is not shown, at any depth", async () => {
  const log = await open();

  log.info("config", { slack_webhook_url: "https://x", apiKey: "k", nested: { password: "p", fine: 1 } });

  expect(await linesOf(log)).toMatchObject([
    { slack_webhook_url: "[redacted]", apiKey: "[redacted]", nested: { password: "[redacted]", fine: 1 } },
  ]);
});

test("an event repeated too often is held back, counted, and told with its next line; others are not", async () => {
  const log = await open();

  for (let i = 0; i < 1000; i++) log.warn("order_failed", { i });
  log.info("other");
  now += 1000;
  log.warn("order_failed", { i: 1000 });

  const lines = await linesOf(log);
  expect(lines).toHaveLength(MAX_LINES_PER_EVENT_AND_SECOND + 2);
  expect(lines.at(-2)).toMatchObject({ event: "other" });
  expect(lines.at(-1)).toMatchObject({ i: 1000, suppressed: 1000 - MAX_LINES_PER_EVENT_AND_SECOND });
});

test("A1 lines after the end are dropped and counted", async () => {
  const log = await open();
  log.info("before");
  void log.close();
  await log.close();

  log.info("after");

  expect(log.droppedLines).toBe(1);
  expect((await linesOf(log)).map(({ event }) => event)).toEqual(["before"]);
});

test("A1 an error's stack is shown only where everything is", async () => {
  const error = Object.assign(new Error("refused"), { code: "ECONNREFUSED", cause: new Error("no route") });
  const log = await open();
  log.error("failed", { error });
  const shown = {
    message: "refused",
    name: "Error",
    code: "ECONNREFUSED",
    cause: { message: "no route", name: "Error" },
  };
  expect((await linesOf(log))[0]?.["error"]).toEqual(shown);

  rmSync(dir, { recursive: true });
  const debugging = await open({ level: "debug" });
  debugging.error("failed", { error });

  expect((await linesOf(debugging))[0]?.["error"]).toMatchObject({ stack: expect.stringContaining("json-log.test") });
});

test("A1 a file's name whose ending is no plain word is kept whole", async () => {
  const log = await open({ destination: { file: join(dir, "bot.arb-1") } });
  await log.close();

  expect(readdirSync(dir)).toEqual(["bot.arb-1-2026-11-21.log"]);
});

test.each(["stdout", "stderr"] as const)("A1 a reader of %s that goes away does not end the bot", async (name) => {
  const script = fileURLToPath(new URL("./testing/log-into-closed-pipe.ts", import.meta.url));
  const child = spawn(process.execPath, [script, name], { stdio: ["pipe", "pipe", "pipe"] });
  child[name].destroy();
  child.stdin.end("go\n"); // only now may it write

  const [code] = await once(child, "close");

  expect(code).toBe(0);
});
