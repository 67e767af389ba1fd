/** What all links of a Haltwatch share. */
import type { Store } from "@haltwatch/store";
import type { Clock } from "../scrape/clock.ts";
import type { GuardPort } from "./guard-port.ts";
import type { LinkLimits } from "./link-limits.ts";

export interface LinkContext {
  readonly store: Store;
  readonly guard: GuardPort;
  /** Metrics that pause rules touch: changes of these are sent at once. */
  readonly watched: () => ReadonlySet<string>;
  /** Whether this bot may link with this token. */
  readonly authorize: (bot: string, token: string | undefined) => boolean;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  /** How long a lease holds, from when the bot sent its renewal, milliseconds. */
  readonly leaseMs: number;
  /** How often bots renew it, milliseconds. */
  readonly renewMs: number;
  /** How often bots send everything, milliseconds. */
  readonly intervalMs: number;
  /** Haltwatch's own. */
  readonly version: string;
}
