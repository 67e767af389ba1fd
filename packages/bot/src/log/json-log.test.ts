import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MetricError } from "../errors.ts";
import { JsonLog, type JsonLogOptions, MAX_FIELD_CHARACTERS, MAX_LINES_PER_EVENT_AND_SECOND } from "./json-log.ts";

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

  log.warn("order_failed", { venue: "cex", reason: "price\nmoved", level: "mine" });

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
    circle: expect.stringContaining("not shown"),
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
