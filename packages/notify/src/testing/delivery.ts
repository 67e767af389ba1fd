/** What a channel is given to send with, for tests. */
import type { Delivery } from "../channels/channel.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import { START_MS } from "./notifications.ts";

export interface LogLine {
  readonly level: "error" | "info";
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @param secrets by reference */
export function delivery(
  secrets: Readonly<Record<string, string>>,
  parts: Partial<Delivery> = {},
): Delivery & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  return {
    lines,
    secret: (reference) => {
      const secret = secrets[reference];
      if (secret === undefined) throw new Error("it is not there");
      return secret;
    },
    fetch,
    // A time that stands still, so that messages are the same in each run.
    clock: { ...SYSTEM_CLOCK, now: () => START_MS + 185_000 },
    externalUrl: undefined,
    log: {
      error: (event, fields) => lines.push({ level: "error", event, fields }),
      info: (event, fields) => lines.push({ level: "info", event, fields }),
    },
    pictureOf: undefined,
    pictureDeadlineMs: 250,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...parts,
  };
}
