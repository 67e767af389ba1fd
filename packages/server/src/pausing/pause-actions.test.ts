import { Guard } from "@haltwatch/guard";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreSink } from "../rules/store-sink.ts";
import { PauseActions } from "./pause-actions.ts";

const START_MS = 1_700_000_000_000;

const RULES = `
groups:
  - name: limits
    rules:
      - alert: OrdersFailing
        expr: failed > 0
        labels: { action: pause }
        annotations: { summary: "{{ $value }} orders failed at {{ $labels.venue }}" }
      - alert: SpreadLow
        expr: spread < 1
        labels: { action: reduce, scope: "bot,venue" }
      - alert: NotAPauseRule
        expr: failed > 0
`;

let store: Store;
let guard: Guard;
let group: RuleGroup;
let actions: PauseActions;
let nowMs: number;

beforeEach(() => {
  nowMs = START_MS;
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => nowMs });
  guard = new Guard(store.tables, {
    onListenerError: (error) => {
      throw error;
    },
  });
  const [config] = parseRuleFile(RULES, "rules.yml").groups;
  if (config === undefined) throw new Error("one group stands above");
  group = new RuleGroup("rules.yml", config, { reader: store, sink: new StoreSink(store), defaultIntervalMs: 1000 });
  group.startAfresh();
  actions = new PauseActions(guard, (error) => {
    throw error;
  });
});
afterEach(() => store.close());

function step(
  samples: Readonly<Record<string, number>>,
  labels: Readonly<Record<string, string>> = { bot: "arb-1", venue: "cex" },
): void {
  nowMs += 1000;
  for (const [name, value] of Object.entries(samples))
    store.append(store.series(Labels.from({ ...labels, __name__: name })), nowMs, value);
  group.evaluate(nowMs);
  actions.act(group, nowMs);
}

test("C8 an alert of a pause rule pauses the bot that it names, with what it says as the reason", () => {
  step({ failed: 3 });

  expect(guard.pauses()).toMatchObject([
    { scope: { bot: "arb-1" }, state: "HALTED", reason: "3 orders failed at cex", rule: "OrdersFailing", by: "rules" },
  ]);
  expect(guard.stateOf({ bot: "arb-1" })).toBe("HALTED");
  expect(guard.stateOf({ bot: "arb-2" })).toBe("ACTIVE");
});

test("F7 action reduce lets positions be closed, in the scope that the rule names", () => {
  step({ spread: 0.5 });

  expect(guard.pauses()).toMatchObject([{ scope: { bot: "arb-1", venue: "cex" }, state: "REDUCING" }]);
});

test("an alert that names no bot pauses everything", () => {
  step({ failed: 1 }, { venue: "cex" });

  expect(guard.stateOf({ bot: "any" })).toBe("HALTED");
});

test("F4 a pause stays when its alert is over", () => {
  step({ failed: 1 });
  step({ failed: 0 });

  expect(guard.stateOf({ bot: "arb-1" })).toBe("HALTED");
});

test("a person who arms although it fires is not overruled by the same alert; by the next one, yes", () => {
  step({ failed: 1 });
  const arm = {
    scope: { bot: "arb-1" },
    reason: "looked at it",
    by: "me",
    force: true,
    timeMs: nowMs,
    firing: () => true,
  };
  expect(guard.arm(arm).kind).toBe("armed");

  step({ failed: 2 });
  expect(guard.pauses()).toEqual([]);

  step({ failed: 0 });
  step({ failed: 1 });
  expect(guard.pauses()).toHaveLength(1);
});
