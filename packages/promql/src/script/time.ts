/** Times in scripts: since the script's beginning. */
import { parseDuration } from "../parse/duration.ts";
import { ScriptError } from "./script-error.ts";

/** A duration, or seconds. */
export function timeOf(text: string, line: number): number {
  const negative = text.startsWith("-");
  const plain = negative ? text.slice(1) : text;
  const ms = /^[\d.]+(e[+-]?\d+)?$/i.test(plain) ? Number(plain) * 1000 : parseDuration(plain);
  if (ms === undefined || Number.isNaN(ms)) throw new ScriptError(line, `${text} is no time`);
  return negative ? -ms : ms;
}
