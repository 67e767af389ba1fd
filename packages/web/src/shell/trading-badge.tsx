import type { JSX } from "preact";
import type { BotAnswer } from "../api/answers.ts";
import { Badge, tradingBadge } from "../elements/health.tsx";
import { holdBadge, holdOf } from "./bot-hold.ts";
import { usePage } from "./page-context.ts";

/** Whether a bot trades, as far as anybody knows now. */
export function TradingBadge({ bot }: { readonly bot: BotAnswer }): JSX.Element {
  const { live } = usePage();
  const hold = holdOf(bot);
  if (hold !== undefined) return <Badge {...holdBadge(hold)} />;
  // While Haltwatch is not heard, nobody knows.
  if (live.isStale.value) return <Badge tone="unknown" text="Was trading" />;
  // Of one that is only scraped nobody knows more.
  if (bot.via === "scrape") return <Badge tone="ok" text="Answers" />;
  return <Badge {...tradingBadge("ACTIVE")} />;
}
