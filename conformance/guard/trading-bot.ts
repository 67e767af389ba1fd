/**
 * A bot that trades as fast as it may, in a process of its own: `fork("trading-bot.ts", [url, name])`. It asks its guard before
 * each order, and tells when it was refused first and when it was allowed last, by the monotonic clock of the machine.
 */
import { Registry, startLink } from "@haltwatch/bot";
import { monotonicMs } from "./monotonic.ts";

/** Between two orders, milliseconds. */
const ORDER_EVERY_MS = 2;

export type FromTradingBot =
  /** The first order that was allowed. */
  | { readonly kind: "trading"; readonly atMs: number }
  /** The first order that was refused. */
  | {
      readonly kind: "refused";
      readonly atMs: number;
      /** The last order that was allowed. */
      readonly lastOrderMs: number;
      /** When the lease was to end, as the last allowed order saw it. */
      readonly leaseEndMs: number;
      readonly reason: string;
    }
  /** Of {@link ToTradingBot}. */
  | {
      readonly kind: "spun";
      readonly id: number;
      readonly beganMs: number;
      readonly lastOrderMs: number;
      /** The longest that passed between two attempts, milliseconds: it was stopped for so long. */
      readonly longestGapMs: number;
      /** Whether the first attempt after that was allowed. */
      readonly wasAllowedAfterGap: boolean;
    };

/** Tries to order without letting the event loop have its turn: nothing is heard of Haltwatch meanwhile. */
export interface ToTradingBot {
  readonly kind: "spin";
  readonly id: number;
  readonly ms: number;
}

const [url = "", bot = "arb-1"] = process.argv.slice(2);
const registry = new Registry();
const orders = registry.counter({ name: "orders_total", help: "Orders sent.", labelNames: ["venue"] }).labels("cex");
const link = startLink({ url, bot, registry });
const { guard } = link;

let isTrading = false;
let lastOrderMs = 0;
let leaseEndMs = 0;

/** @returns whether it was allowed */
function order(): boolean {
  const nowMs = monotonicMs();
  const leaseLeftMs = guard.leaseLeftMs;
  if (!guard.allowed("open", { venue: "cex" })) return false;
  orders.inc();
  lastOrderMs = nowMs;
  leaseEndMs = nowMs + leaseLeftMs;
  return true;
}

setInterval(() => {
  const isAllowed = order();
  if (isAllowed === isTrading) return;
  isTrading = isAllowed;
  const atMs = monotonicMs();
  const reason = guard.cause()?.reason ?? "";
  tell(isAllowed ? { kind: "trading", atMs } : { kind: "refused", atMs, lastOrderMs, leaseEndMs, reason });
}, ORDER_EVERY_MS);

process.on("message", ({ id, ms }: ToTradingBot) => {
  const beganMs = monotonicMs();
  let before = beganMs;
  let longestGapMs = 0;
  let wasAllowedAfterGap = false;
  while (before - beganMs < ms) {
    const nowMs = monotonicMs();
    const isAllowed = order();
    if (nowMs - before > longestGapMs) [longestGapMs, wasAllowedAfterGap] = [nowMs - before, isAllowed];
    before = nowMs;
  }
  tell({ kind: "spun", id, beganMs, lastOrderMs, longestGapMs, wasAllowedAfterGap });
});
process.on("disconnect", () => process.exit(0));

function tell(message: FromTradingBot): void {
  process.send?.(message);
}
