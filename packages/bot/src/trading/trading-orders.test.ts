import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { TradingOrders } from "./trading-orders.ts";

async function samples(registry: Registry, pattern: RegExp): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => !line.startsWith("#") && pattern.test(line));
}

test("B5 orders, messages, answers and breaches of the collar are counted on the way of an order", async () => {
  const registry = new Registry();
  const orders = new TradingOrders(registry);
  orders.announceVenue("cex");

  orders.recordOrder({ venue: "cex", strategy: "trend", intent: "open", tickToOrder: 3 });
  orders.recordAnswer({ venue: "cex", status: "rejected", latency: 40 });
  orders.recordMessage("cex", "cancel");
  orders.recordCollarBreach("cex");
  orders.recordRateLimit("cex", 0.8);

  expect(await samples(registry, /_total|_count|headroom/)).toEqual([
    'trading_orders_total{venue="cex",strategy="trend",intent="open"} 1',
    'trading_orders_failed_total{venue="cex"} 1',
    'trading_order_messages_total{venue="cex",kind="new"} 1',
    'trading_order_messages_total{venue="cex",kind="cancel"} 1',
    'trading_order_messages_total{venue="cex",kind="amend"} 0',
    'trading_order_ack_ms_count{venue="cex"} 1',
    "trading_tick_to_order_ms_count 1",
    'trading_price_collar_breaches_total{venue="cex"} 1',
    'trading_rate_limit_headroom_ratio{venue="cex"} 0.8',
  ]);
});

test("B5 executions to one side count up, and begin anew with the other side or when a person has looked", async () => {
  const registry = new Registry();
  const orders = new TradingOrders(registry);
  const execute = (side: "buy" | "sell", symbol = "BTCUSDT") =>
    orders.recordExecution({ venue: "cex", strategy: "trend", symbol, side, slippageBps: -1 });
  const lengths = () => samples(registry, /^trading_repeated/);

  execute("buy");
  execute("buy");
  execute("buy", "ETHUSDT");
  execute("buy");
  expect(await lengths()).toEqual([
    'trading_repeated_executions{strategy="trend",symbol="BTCUSDT"} 3',
    'trading_repeated_executions{strategy="trend",symbol="ETHUSDT"} 1',
  ]);

  execute("sell");
  orders.clearRepeatedExecutions("trend");
  execute("sell");
  expect((await lengths())[0]).toBe('trading_repeated_executions{strategy="trend",symbol="BTCUSDT"} 1');
});

test("what is no order does not throw into the bot", async () => {
  const mistakes: string[] = [];
  const registry = new Registry({ mistakes: (error) => mistakes.push(error.code) });
  const orders = new TradingOrders(registry);

  orders.recordOrder(undefined as never); // what an untyped bot may give
  orders.recordAnswer({ venue: "cex", status: "accepted", latency: -1 });

  expect(mistakes).toEqual(["BAD_REPORT", "BAD_REPORT"]);
});
