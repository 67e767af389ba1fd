/** Which simulated bots a demo has, and how Haltwatch reaches each of them. */
import { PACKS, type Pack, type Way } from "@haltwatch/packs";
import { CommandError } from "../command-error.ts";
import { nearNames } from "./near-names.ts";

export interface DemoBot {
  /** Its label `bot`. */
  readonly name: string;
  readonly pack: Pack;
  readonly way: Way;
}

/** One for each way: over the link, by scrapes with an orchestrator, and a second link. */
const DEFAULT_PACKS = ["arbitrage", "betting", "trading"];

/** Whose bot a pack's rules look at, if that one is there, too: then it needs none of its own. */
const LOOKS_AT: Readonly<Record<string, string>> = { anomaly: "ai-trading" };

/** Of packs that are not here, bots are only scraped: nothing of theirs can be paused. */
const WAYS: Readonly<Record<string, Way>> = {
  arbitrage: "link",
  trading: "link",
  "ai-trading": "link",
  betting: "orchestrator",
};

export interface DemoCast {
  /** Those that are enabled. */
  readonly packs: readonly Pack[];
  readonly bots: readonly DemoBot[];
}

/**
 * @param names of packs; `all` of them that have a simulated bot
 * @throws {CommandError} for a name that is none, or of a pack without a simulated bot
 */
export function demoCast(names: readonly string[] = DEFAULT_PACKS): DemoCast {
  const playable = PACKS.filter(({ simulation }) => simulation !== undefined);
  const wanted = new Set(names.includes("all") ? playable.map(({ name }) => name) : names);
  const packs = [...wanted].map((name) => {
    const pack = playable.find((one) => one.name === name);
    if (pack === undefined) throw noSuchPack(name, ["all", ...playable.map((one) => one.name)]);
    return pack;
  });
  const acting = packs.filter(({ name }) => !wanted.has(LOOKS_AT[name] ?? ""));
  return { packs, bots: acting.map((pack) => ({ name: `${pack.name}-1`, pack, way: WAYS[pack.name] ?? "scrape" })) };
}

function noSuchPack(name: string, playable: readonly string[]): CommandError {
  const near = nearNames(name, playable);
  const hint = near.length > 0 ? `Perhaps ${near.join(" or ")} is meant` : `There are ${playable.join(", ")}`;
  if (PACKS.some((pack) => pack.name === name)) return new CommandError(`the pack ${name} has no simulated bot`, hint);
  return new CommandError(`there is no pack ${JSON.stringify(name)}`, hint);
}
