/** What the packs stop: limits of an account let positions be closed, a bot that is itself wrong is halted, and what is only odd warns. */
import { PACKS } from "@haltwatch/packs";
import { packAlerts } from "@haltwatch/server";
import { expect, test } from "vitest";

/** @returns by alert: its action and scope, of those that stop anything */
function stopping(name: string): Readonly<Record<string, string>> {
  const pack = PACKS.find((one) => one.name === name);
  if (pack === undefined) throw new Error(`there is no pack ${name}`);
  const stops = packAlerts(pack).filter(({ action }) => action !== "");
  return Object.fromEntries(stops.map((alert) => [alert.name, `${alert.action} ${alert.scope}`]));
}

test("B5 F7 losses and drawdown let positions be closed, and a bot whose orders run wild is halted", () => {
  expect(stopping("trading")).toEqual({
    TradingSnapshotStale: "reduce bot",
    TradingLossToday: "reduce bot",
    TradingDrawdownHigh: "reduce bot",
    TradingDrawdownCritical: "pause bot",
    TradingLossesInARow: "reduce bot",
    TradingExposureOverCap: "reduce bot",
    TradingOrderRateHigh: "pause bot",
    TradingMessageRateHigh: "pause bot,venue",
    TradingRepeatedExecutions: "pause bot,strategy",
    TradingPriceCollarBreached: "reduce bot,venue",
  });
});

test("E8 critical conditions of an AI trading bot stop it, and trades past its policy engine halt it", () => {
  expect(stopping("ai-trading")).toEqual({
    AiPolicyViolationsSpike: "reduce bot",
    AiRiskScoreHigh: "reduce bot",
    AiPortfolioDrop: "reduce bot",
    AiPortfolioDropCritical: "pause bot",
    AiTradesWithoutApproval: "pause bot",
  });
});

test("E8 anomalies only warn", () => {
  expect(stopping("anomaly")).toEqual({});
});
