/** What the demo says when all runs: where to look, and what to try. */
import { join } from "node:path";
import type { Way } from "@haltwatch/packs";
import { DEFAULT_URL } from "../lazily.ts";
import type { DemoBot } from "./demo-bots.ts";
import { LIMITS_FILE, SECRETS } from "./demo-files.ts";

const WAYS: Readonly<Record<Way, string>> = {
  link: "linked: it asks its guard before each order",
  orchestrator: "scraped, and paused through its orchestrator",
  scrape: "scraped; there is nothing to pause",
};

/** Of which packs' bots a fault is shown, the first that is there. */
const STRUCK = ["betting", "trading", "arbitrage", "ai-trading", "scraper", "anomaly"];

/** Faults that are told within seconds, by pack; of another pack its first. */
const QUICK_FAULTS: Readonly<Record<string, string>> = {
  betting: "sequencer-down",
  trading: "drawdown",
  arbitrage: "stale-quotes",
  "ai-trading": "breaker-active",
  scraper: "vault-sealed",
};

export interface WhereToLook {
  readonly bots: readonly DemoBot[];
  readonly url: string;
  readonly speed: number;
  readonly folder: string;
  readonly token: string;
  /** The user has set it, and knows it: then it is not printed. */
  readonly isOwnToken: boolean;
}

export function whereToLook(what: WhereToLook): string {
  const { bots, url, speed, token, isOwnToken } = what;
  const at = url === DEFAULT_URL ? "" : ` --url ${url}`;
  const pace = speed === 1 ? "" : `, ${speed} times as fast as the clock`;
  const who = bots.length === 1 ? "A simulated bot lives" : `${bots.length} simulated bots live`;
  const width = Math.max(...bots.map(({ name }) => name.length));
  const struck = STRUCK.map((name) => bots.find(({ pack }) => pack.name === name)).find((bot) => bot !== undefined);
  return [
    `${who}${pace}, and Haltwatch watches. Ctrl-C ends it all.`,
    "",
    `  Page     ${url}/${isOwnToken ? "" : `#token=${token}`}`,
    ...bots.map(({ name, way }, index) => `  ${index === 0 ? "Bots" : "    "}     ${name.padEnd(width)}  ${WAYS[way]}`),
    ...limitsLines(what),
    "",
    "In another terminal:",
    ...(isOwnToken ? [] : [`  export ${SECRETS.control}=${token}`]),
    `  npx haltwatch fault list${at}`,
    ...(struck === undefined ? [] : strikeLines(struck, at)),
    "",
    "What happens is told here. Slack and Telegram are played by this machine.",
    "",
  ].join("\n");
}

function limitsLines({ bots, folder }: WhereToLook): string[] {
  if (!bots.some(({ pack }) => pack.name === "betting")) return [];
  return [
    `  Limits   ${join(folder, LIMITS_FILE)}`,
    "           betting-1's own: change fill_ratio_min there, and it holds within a second",
  ];
}

function strikeLines({ name, pack, way }: DemoBot, at: string): string[] {
  const fault = QUICK_FAULTS[pack.name] ?? pack.faults[0]?.name;
  if (fault === undefined) return [];
  return [
    `  npx haltwatch fault on ${fault} --bot ${name}${at}`,
    `  npx haltwatch status${at}`,
    `  npx haltwatch fault off ${fault} --bot ${name}${at}`,
    ...(way === "scrape" ? [] : [`  npx haltwatch arm --scope bot:${name} --reason "seen"${at}`]),
  ];
}
