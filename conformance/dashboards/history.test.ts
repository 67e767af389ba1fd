/** What is compared with yesterday is drawn once there is a yesterday: simulated bots that live for more than a day, in a second. */
import { readFileSync } from "node:fs";
import { PACKS } from "@haltwatch/packs";
import { queryInstant } from "@haltwatch/promql";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { ScrapeReader } from "@haltwatch/server";
import { Labels, METRIC_NAME, Store } from "@haltwatch/store";
import { expect, test } from "vitest";
import { type Asked, dashboardsOf, queriesOf } from "./dashboard-json.ts";
import { EMPTY_WHILE_WELL } from "./empty-while-well.ts";

/** Those whose bots live. What is unusual is looked for in what they tell. */
const LIVING = ["ai-trading", "trading"];
const PACKS_OF_THEIRS = PACKS.filter(({ name }) => [...LIVING, "anomaly"].includes(name));

/** Scrapes and evaluations; slower than real ones, for it is windows of hours that are of interest. */
const EVERY_MS = 5 * 60_000;
const LIFE_MS = 26 * 3_600_000;

const SHOWN = {
  values: {
    bot: LIVING.map((name) => `${name}-1`),
    signal: ["ai_confidence", "trading_order_ack_ms"],
    strategy: ["x"],
  },
  rangeMs: 3_600_000,
  stepMs: EVERY_MS,
  scrapeMs: EVERY_MS,
};

function waiting(): readonly Asked[] {
  const patterns = EMPTY_WHILE_WELL.flatMap(([pattern, , by]) => (by === "history" ? [pattern] : []));
  return dashboardsOf(PACKS_OF_THEIRS)
    .flatMap((dashboard) => queriesOf(dashboard, SHOWN))
    .filter(({ where }) => patterns.some((pattern) => pattern.test(where)));
}

test("E4 E8 what is compared with the day before has data after a day", { timeout: 120_000 }, async () => {
  using store = new Store({ path: ":memory:", now: () => LIFE_MS, commitIntervalMs: 0 });
  const series = (labels: Labels) => store.series(labels);
  const groups = PACKS_OF_THEIRS.flatMap(({ ruleFiles }) => ruleFiles).flatMap((file) =>
    parseRuleFile(readFileSync(file, "utf8"), file).groups.map(
      (group) =>
        new RuleGroup(file, group, {
          reader: store,
          sink: {
            append: (labels, timeMs, value) => {
              store.append(series(labels), timeMs, value);
            },
            appendStale: (labels, timeMs) => {
              store.appendStale(series(labels), timeMs);
            },
          },
          defaultIntervalMs: EVERY_MS,
        }),
    ),
  );
  const bots = await Promise.all(
    PACKS_OF_THEIRS.filter(({ name }) => LIVING.includes(name)).map(async ({ name, job, simulation }) => {
      const start = await simulation?.();
      if (start === undefined) throw new Error(`${name} has no simulated bot`);
      const target = Object.entries({ job, bot: `${name}-1`, instance: "simulated:1" });
      const reader = new ScrapeReader((labels) => Labels.from([...labels, ...target]));
      return { bot: start({ seed: 1, startMs: 0 }), reader };
    }),
  );

  for (let timeMs = 0; timeMs <= LIFE_MS; timeMs += EVERY_MS) {
    for (const { bot, reader } of bots) {
      bot.step(timeMs, new Set());
      reader.read(Buffer.from(await bot.registry.metrics()), (labels, value) => {
        store.append(series(labels), timeMs, value);
      });
    }
    for (const { name, default: value } of PACKS_OF_THEIRS.flatMap(({ thresholds }) => thresholds))
      store.append(series(Labels.from({ [METRIC_NAME]: "haltwatch_threshold", name })), timeMs, value);
    for (const group of groups) group.evaluate(timeMs);
  }

  const asked = waiting();
  const empty = asked.filter(({ expr }) => {
    const { value } = queryInstant(store, expr, LIFE_MS);
    return !("series" in value) || value.series.length === 0;
  });
  expect(asked.length).toBeGreaterThan(8);
  expect(empty.map(({ where }) => where)).toEqual([]);
});
