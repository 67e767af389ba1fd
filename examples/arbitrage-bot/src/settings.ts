/** What the command line asks for. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ConfigError, errorLine } from "@haltwatch/bot";

export const HELP = `A small arbitrage bot that trades on paper between two venues.

  node src/main.ts                     on a simulated market
  node src/main.ts --replay FILE…      on recorded market data: the first file plays the CEX, the second the DEX

  --seed N           the same seed makes the same market and the same orders (default 1)
  --speed N|max      how fast market time passes (default 1; max: as fast as the machine goes)
  --duration SECONDS end by itself after this long, on the wall clock; with --speed max, of market time
  --config FILE      how it is monitored (default config/monitoring.toml beside this bot)
  --port N           port to serve metrics on
  --help
`;

/** Longest that a timer can wait, about 24 days. */
const MAX_DURATION_SECONDS = 2_147_483;

export interface Settings {
  readonly replay: readonly string[];
  readonly seed: number;
  readonly speed: number | "max";
  readonly durationMs: number | undefined;
  readonly config: string;
  readonly port: string | undefined;
}

const OPTIONS = {
  replay: { type: "string", multiple: true },
  seed: { type: "string", default: "1" },
  speed: { type: "string", default: "1" },
  duration: { type: "string" },
  config: { type: "string" },
  port: { type: "string" },
  help: { type: "boolean" },
} as const;

/** @throws {ConfigError} with what is wrong about them */
export function settingsFrom(args: readonly string[]): Settings | "help" {
  const { values, positionals } = parse(() => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }));
  if (values.help === true) return "help";
  // --replay FILE FILE: what follows belongs to it.
  const replay = [...(values.replay ?? []), ...positionals];
  if (positionals.length > 0 && values.replay === undefined)
    throw wrong(`"${positionals[0]}" stands alone`, "Files follow --replay");
  return {
    replay,
    seed: whole("--seed", values.seed, 2 ** 32 - 1),
    speed: values.speed === "max" ? "max" : above0("--speed", values.speed),
    durationMs:
      values.duration === undefined ? undefined : above0("--duration", values.duration, MAX_DURATION_SECONDS) * 1000,
    config: values.config ?? fileURLToPath(new URL("../config/monitoring.toml", import.meta.url)),
    port: values.port === undefined ? undefined : String(whole("--port", values.port, 65_535)),
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw wrong(errorLine(error).replace(/\.? To specify.*$/, ""), "Run it with --help to see what it takes");
  }
}

function whole(option: string, text: string, most: number): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw wrong(`${option} is "${text}"`, `Give a whole number from 0 to ${most}`);
}

function above0(option: string, text: string, most = Number.MAX_VALUE): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= most) return value;
  throw wrong(`${option} is "${text}"`, `Give a number above 0${most === Number.MAX_VALUE ? "" : `, up to ${most}`}`);
}

function wrong(message: string, hint: string): ConfigError {
  return new ConfigError("WRONG_USE", message, { hint });
}
