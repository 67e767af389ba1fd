/** What `GET /api/haltwatch/overview` answers. Times are RFC 3339, UTC. */
import { z } from "zod";
import { pauseAnswer } from "../pausing/pause-routes.ts";
import { BOT_STATES } from "./bot-state.ts";

const state = z.enum(BOT_STATES);
const count = z.number().int();
const time = z.string();
const counts = { critical: count, warning: count, info: count };

const bot = z.object({
  bot: z.string().describe("Its name; of one that is scraped and has none, job/instance."),
  pack: z.string().nullable(),
  via: z.enum(["link", "orchestrator", "scrape"]).describe("How Haltwatch reaches it; scrape: it cannot pause it."),
  is_answering: z.boolean(),
  state: z.enum(["ACTIVE", "REDUCING", "HALTED"]),
  since: time.nullable().describe("Since when it is in that state; null if it is active."),
  pauses: z.array(pauseAnswer),
  last_sample: time.nullable(),
  alerts: z.object(counts).describe("That fire."),
  strip_24h: z.array(state).describe("48 half hours, oldest first, each with its worst state; unknown: no samples."),
  strip_30d: z.array(state).describe("30 parts of 24 hours; the last ends now."),
  pnl: z
    .object({ unit: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })
    .nullable()
    .describe("Profit and loss of the last 24 hours, at most 93 points: Unix seconds and value."),
  wallets: z.array(
    z.object({ wallet: z.string(), asset: z.string(), usd: z.number().nullable(), is_low: z.boolean() }),
  ),
});

export const overviewAnswer = z.object({
  now: time,
  version: z.string(),
  started: time,
  config_hash: z.string(),
  worst: state.describe(
    "Of all that is watched; unknown: something does not answer, or Haltwatch itself does not watch.",
  ),
  last_sample: time.nullable(),
  last_evaluation: time.nullable(),
  bots: z.array(bot),
  alerts: z.object({ firing: count, pending: count, silenced: count, ...counts }),
  targets: z.object({ up: count, down: count, unknown: count }),
  probes: z.object({ up: count, down: count }),
  is_demo: z.boolean(),
});

export type OverviewAnswer = z.output<typeof overviewAnswer>;
export type BotAnswer = OverviewAnswer["bots"][number];
