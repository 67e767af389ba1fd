import { Registry } from "@haltwatch/bot";
import { Guard } from "@haltwatch/guard";
import { Store } from "@haltwatch/store";
import { expect, test } from "vitest";
import { GuardMetrics } from "./guard-metrics.ts";

const TIME_MS = 1_700_000_000_500;

test("F4 F7 each bot's state, each pause with its cause, and who armed last are series", async () => {
  using store = new Store({ path: ":memory:", commitIntervalMs: 0 });
  const guard = new Guard(store.tables, {
    onListenerError: (error) => {
      throw error;
    },
  });
  const registry = new Registry();
  const metrics = new GuardMetrics(registry, { guard, bots: () => ["arb-1", "arb-2"] });
  guard.onChange((change) => metrics.changed(change, TIME_MS + 1000));
  const scope = { bot: "arb-1", venue: "cex" };
  guard.pause({ scope, state: "HALTED", reason: "5 failed", by: "rules", rule: "OrdersFailing", timeMs: TIME_MS });

  const paused = await registry.metrics();
  guard.arm({ scope, by: "ann", reason: "mended", timeMs: TIME_MS, firing: () => false });
  const armed = await registry.metrics();

  expect(paused).toContain('haltwatch_trading_state{bot="arb-1"} 2\n');
  expect(paused).toContain('haltwatch_trading_state{bot="arb-2"} 0\n');
  expect(paused).toContain(
    'haltwatch_pause_timestamp_seconds{bot="arb-1",scope="bot:arb-1,venue:cex",state="HALTED",rule="OrdersFailing",by="rules"} 1700000000.5\n',
  );
  expect(armed).toContain('haltwatch_trading_state{bot="arb-1"} 0\n');
  expect(armed).not.toContain("haltwatch_pause_timestamp_seconds{");
  expect(armed).toContain(
    'haltwatch_arm_timestamp_seconds{bot="arb-1",scope="bot:arb-1,venue:cex",by="ann"} 1700000001.5\n',
  );
});
