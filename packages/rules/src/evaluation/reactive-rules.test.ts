import { MemoryStorage } from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRuleFile } from "../files/parse-rule-file.ts";
import { ReactiveRules } from "./reactive-rules.ts";
import { RuleGroup } from "./rule-group.ts";

const RULES = `
groups:
  - name: limits
    rules:
      - record: venue:failed:increase1m
        expr: sum by (venue) (increase(orders_failed_total[1m]))
      - alert: OrdersFailing
        expr: venue:failed:increase1m > 2
        labels: { action: pause }
      - alert: SpreadLow
        expr: spread_net_bps < 1
        labels: { action: reduce }
      - alert: Chatter
        expr: orders_total > 0
`;

/** @param stopwatch stands still unless told otherwise: then an evaluation takes no time, and no rule has to rest */
function made(storage: MemoryStorage, stopwatch = () => 0): { group: RuleGroup; reactive: ReactiveRules } {
  const [config] = parseRuleFile(RULES, "rules.yml").groups;
  if (config === undefined) throw new Error("one group stands above");
  const sink = {
    append(labels: Labels, timeMs: number, value: number) {
      storage.append(labels, timeMs, value);
      return undefined;
    },
    appendStale(labels: Labels, timeMs: number) {
      storage.append(labels, timeMs, "stale");
      return undefined;
    },
  };
  const group = new RuleGroup("rules.yml", config, { reader: storage, sink, defaultIntervalMs: 15_000 });
  group.startAfresh();
  return { group, reactive: new ReactiveRules([group], stopwatch) };
}

function alertsOf(group: RuleGroup): unknown {
  return group.alertingRules
    .filter(({ labels }) => labels.has("action"))
    .flatMap((rule) => rule.activeAlerts().map(({ labels, state, value }) => [labels.key, state, value]));
}

test("only metrics that pause rules read are to be sent at once, also through what is recorded", () => {
  const { reactive } = made(new MemoryStorage());

  expect([...(reactive.metrics ?? [])].sort()).toEqual([
    "orders_failed_total",
    "spread_net_bps",
    "venue:failed:increase1m",
  ]);
  expect(reactive.touch(["orders_total"])).toBe(false);
});

test("a sample that a pause rule reads through a recording rule is acted upon at once", () => {
  const storage = new MemoryStorage();
  const { group, reactive } = made(storage);
  const failed = Labels.from({ __name__: "orders_failed_total", venue: "cex" });
  for (let second = 0; second <= 60; second++) storage.append(failed, second * 1000, second < 60 ? 0 : 5);

  reactive.touch(["orders_failed_total"]);
  const groups = reactive.evaluate(60_000);

  expect([...groups]).toEqual([group]);
  expect(group.alertingRules[0]?.state).toBe("firing");
  expect(group.rules[3]?.health.kind).toBe("unknown");
});

test("a rule that names no metric is touched by every sample", () => {
  const storage = new MemoryStorage();
  const [config] = parseRuleFile(
    "groups: [{ name: g, rules: [{ alert: A, expr: '{job=\"bot\"} > 1', labels: { action: pause } }] }]",
    "rules.yml",
  ).groups;
  if (config === undefined) throw new Error("one group stands above");
  const sink = { append: () => undefined, appendStale: () => undefined };
  const reactive = new ReactiveRules([new RuleGroup("f", config, { reader: storage, sink, defaultIntervalMs: 1000 })]);

  expect(reactive.metrics).toBeUndefined();
  expect(reactive.touch(["anything"])).toBe(true);
});

test("rules on what changes all the time rest in between, and others are evaluated at once", () => {
  let nowMs = 0;
  class SlowStorage extends MemoryStorage {
    override select(...args: Parameters<MemoryStorage["select"]>): ReturnType<MemoryStorage["select"]> {
      nowMs += 10;
      return super.select(...args);
    }
  }
  const { group, reactive } = made(new SlowStorage(), () => nowMs);
  const evaluations = (): unknown[] => group.rules.map(({ health }) => (health.kind === "ok" ? health.timeMs : 0));
  for (const timeMs of [1000, 2000]) {
    nowMs += 1_000;
    reactive.touch(["spread_net_bps"]);
    reactive.evaluate(timeMs);
  }

  for (let timeMs = 2001; timeMs < 2003; timeMs++) {
    reactive.touch(["spread_net_bps"]);
    reactive.evaluate(timeMs);
  }
  expect(evaluations()).toEqual([0, 0, 2000, 0]);
  expect(reactive.waitMs).toBeGreaterThan(0);

  reactive.touch(["orders_failed_total"]);
  reactive.evaluate(2003);
  expect(evaluations()).toEqual([2003, 2003, 2000, 0]);

  nowMs += reactive.waitMs ?? 0;
  reactive.evaluate(2004);
  expect(evaluations()).toEqual([2003, 2003, 2004, 0]);
  expect(reactive.waitMs).toBeUndefined();
});

test("evaluated at a sample's arrival, a pause rule says what an evaluation of all rules says at that instant", () => {
  const arrival = fc.record({
    gapMs: fc.integer({ min: 0, max: 20_000 }),
    metric: fc.constantFrom("orders_failed_total", "spread_net_bps", "orders_total"),
    venue: fc.constantFrom("cex", "dex"),
    step: fc.integer({ min: -1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 1, maxLength: 40 }), (arrivals) => {
      const [one, other] = [new MemoryStorage(), new MemoryStorage()];
      const [quick, whole] = [made(one), made(other)];
      const values = new Map<string, number>();
      let timeMs = 1_000_000;
      for (const { gapMs, metric, venue, step } of arrivals) {
        timeMs += gapMs + 1;
        const labels = Labels.from({ __name__: metric, venue });
        const value = metric === "orders_failed_total" ? (values.get(labels.key) ?? 0) + Math.max(0, step) : step;
        values.set(labels.key, value);
        one.append(labels, timeMs, value);
        other.append(labels, timeMs, value);

        quick.reactive.touch([metric]);
        const groups = quick.reactive.evaluate(timeMs);
        whole.group.evaluate(timeMs);

        // What was not touched is as it was: of it only time can have changed the result.
        if (metric === "orders_failed_total" && groups.size > 0) {
          expect(quick.group.alertingRules[0]?.state).toBe(whole.group.alertingRules[0]?.state);
        }
        quick.group.evaluate(timeMs + 1);
        whole.group.evaluate(timeMs + 1);
        expect(alertsOf(quick.group)).toEqual(alertsOf(whole.group));
        timeMs += 1;
      }
    }),
    { numRuns: 100 },
  );
});
