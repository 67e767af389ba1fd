/** What the demo and the process with its bots tell each other. */
import type { Way } from "@haltwatch/packs";

export interface BotSpec {
  readonly name: string;
  readonly pack: string;
  readonly way: Way;
}

export type ToBots =
  /** First and once. */
  | {
      readonly kind: "start";
      readonly bots: readonly BotSpec[];
      readonly seed: number;
      readonly speed: number;
      /** What orchestrators ask for. */
      readonly token: string;
      /** Removed when whoever started it is gone and cannot any more. */
      readonly folder: string;
    }
  /** Where Haltwatch is. */
  | { readonly kind: "link"; readonly url: string }
  /** Of this bot all that are on from now on. */
  | { readonly kind: "faults"; readonly bot: string; readonly faults: readonly string[] }
  | { readonly kind: "stop" };

export type FromBots =
  | { readonly kind: "ready"; readonly places: readonly BotPlace[] }
  /** A bot may trade, or may not any more. */
  | { readonly kind: "state"; readonly bot: string; readonly state: string; readonly reason: string };

/** Where a bot is reached that is not linked. */
export interface BotPlace {
  readonly name: string;
  /** `127.0.0.1:41234` */
  readonly metrics: string | undefined;
  readonly orchestrator: string | undefined;
}
