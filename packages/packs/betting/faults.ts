/** What the simulated betting bot can be made to suffer, and what the rules then say. */
import type { Fault } from "../pack.ts";

export const BETTING_FAULTS: readonly Fault[] = [
  {
    name: "rejected-orders",
    description: "SX rejects every bet",
    alerts: ["FillRatioLow"],
    withinSeconds: 120,
  },
  {
    name: "unanswered-bets",
    description: "Bets at SX get no answer",
    alerts: ["FillRatioLow", "ErrorRateHigh"],
    withinSeconds: 120,
  },
  {
    name: "slow-venue",
    description: "Azuro takes five times as long to accept",
    alerts: ["AcceptTimeHigh"],
    withinSeconds: 120,
  },
  {
    name: "thin-book",
    description: "Bets at SX fill only in part",
    alerts: ["PartialFillsHigh"],
    withinSeconds: 360,
  },
  {
    name: "void-spike",
    description: "Azuro cancels every bet after it was filled",
    alerts: ["VoidRateHigh"],
    withinSeconds: 180,
  },
  {
    name: "venue-down",
    description: "The API of Azuro answers no more: no quotes, no bets",
    alerts: ["VenueDown", "QuotesStale"],
    withinSeconds: 60,
  },
  {
    name: "stale-quotes",
    description: "Quotes of SX come in half a minute late",
    alerts: ["QuotesStale"],
    withinSeconds: 30,
  },
  {
    name: "quota-eaten",
    description: "SX allows hardly any more requests",
    alerts: ["RateLimitLow"],
    withinSeconds: 30,
  },
  {
    name: "sequencer-down",
    description: "The sequencer of Arbitrum is down, and its head stands still",
    alerts: ["SequencerDown", "HeadStalled"],
    withinSeconds: 120,
  },
  {
    name: "sequencer-back",
    description: "The sequencer of Arbitrum has come back a moment ago",
    alerts: ["SequencerRecovering"],
    withinSeconds: 60,
  },
  {
    name: "rpc-down",
    description: "The JSON-RPC of SX answers no more",
    alerts: ["RpcDown"],
    withinSeconds: 60,
  },
  {
    name: "stalled-head",
    description: "The JSON-RPC of SX answers, always with the same block",
    alerts: ["HeadStalled"],
    withinSeconds: 120,
  },
  {
    name: "reverted-transactions",
    description: "Every other transaction on Arbitrum reverts, and is sent again",
    alerts: ["TransactionsReverting"],
    withinSeconds: 120,
  },
  {
    name: "oversized-stakes",
    description: "Stakes are four times as large as usual",
    alerts: ["StakeOverCap"],
    withinSeconds: 60,
  },
  {
    name: "over-exposed",
    description: "Bets are not settled, and open stakes pile up",
    alerts: ["ExposureOverCap"],
    withinSeconds: 60,
  },
  {
    name: "half-filled",
    description: "The first leg fills, and the second one is never sent",
    alerts: ["LegUnhedged"],
    withinSeconds: 120,
  },
  {
    name: "drained-wallet",
    description: "The wallet on SX is all but empty",
    alerts: ["BalanceLow"],
    withinSeconds: 90,
  },
  {
    name: "heartbeat-dead",
    description: "Nobody looks at venues and chains any more",
    alerts: ["HeartbeatStale"],
    withinSeconds: 120,
  },
  {
    name: "balances-unread",
    description: "Nobody reads the wallets' balances any more",
    alerts: ["BalancesStale"],
    withinSeconds: 660,
  },
  {
    name: "bot-down",
    description: "The bot answers no more",
    alerts: ["BotDown"],
    withinSeconds: 60,
  },
];
