/**
 * Start timestamps as test files write them: `-1m`, `-30s-1mx3`, `_x2`, `*`: durations from each sample's time.
 * Source: Prometheus 3, promql/promqltest/test.go (`parseSTSequence`).
 */
import { parseDuration } from "../parse/duration.ts";

const DURATION = "[+-]?\\d+[a-wyz]*";
const ITEM = new RegExp(`^(?:(_|\\*)|(${DURATION})(?:([+-])(${DURATION}))?)(?:x(\\d+))?$`, "i");

/** Most starts that one item may stand for. */
const MAX_STARTS = 1_000_000;

/** Milliseconds; `undefined` where there is none. @throws {SyntaxError} */
export function parseStarts(text: string): (number | undefined)[] {
  const starts: (number | undefined)[] = [];
  let previous = 0;
  for (const item of text.split(/\s+/).filter((part) => part !== "")) {
    const match = ITEM.exec(item);
    if (match === null) throw new SyntaxError(`${JSON.stringify(item)} is no start timestamp`);
    const [, sign, first = "", direction, step, times] = match;
    const count = times === undefined ? 1 : Number(times) + (sign === "_" ? 0 : 1);
    if (count > MAX_STARTS) throw new SyntaxError(`${count} starts are more than ${MAX_STARTS}`);
    if (step !== undefined && times === undefined)
      throw new SyntaxError(`${JSON.stringify(item)} says how it grows and not how often`);
    let value = sign === "_" ? undefined : sign === "*" ? previous : millisecondsOf(first);
    const growth = step === undefined ? 0 : (direction === "-" ? -1 : 1) * millisecondsOf(step);
    for (let i = 0; i < count; i++) {
      starts.push(value);
      if (value === undefined) continue;
      previous = value;
      value += growth;
    }
  }
  return starts;
}

function millisecondsOf(text: string): number {
  const plain = text.replace(/^[+-]/, "");
  const ms = plain === "0" ? 0 : parseDuration(plain);
  if (ms === undefined) throw new SyntaxError(`${JSON.stringify(text)} is no duration`);
  return text.startsWith("-") ? -ms : ms;
}
