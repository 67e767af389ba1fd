/**
 * Appends samples until it is killed, and tells after each commit how far it has come: `node ingest.ts FILE`. What the sample
 * of each second is follows from the second alone, so that whoever reads the file can tell what must be there.
 */
import { Labels, type Series, Store } from "@haltwatch/store";

export const FIRST_MS = 1_700_000_000_000;
export const SERIES = 40;

/** `undefined`: no sample; the series come and go. */
export function sampleAt(index: number, second: number): number | "stale" | undefined {
  const phase = (second + index) % 50;
  if (index >= 30 && phase > 40) return undefined;
  if (index >= 30 && phase === 40) return "stale";
  return index < 20 ? second * index : Math.sin(second) * 10 ** (index - 20);
}

/** Whether the second's single samples, which have a series of their own, are there. */
export function hasSingle(second: number): boolean {
  return second % 3 === 0;
}

function labelsOf(index: number | "single"): Labels {
  return Labels.from({ __name__: "x", index: String(index) });
}

function ingest(path: string): void {
  let nowMs = FIRST_MS;
  const store = new Store({ path, commitIntervalMs: 0, now: () => nowMs, rowsPerBlock: 25 });
  const all: Series[] = Array.from({ length: SERIES }, (_, index) => store.series(labelsOf(index)));
  const single = store.series(labelsOf("single"));
  const appender = store.appender("bot");
  const { maxMs } = store.stats();
  let second = Number.isFinite(maxMs) ? (maxMs - FIRST_MS) / 1000 + 1 : 0;
  setInterval(() => {
    for (let i = 0; i < 3; i++, second++) {
      nowMs = FIRST_MS + second * 1000;
      appender.begin(nowMs);
      for (const [index, series] of all.entries()) {
        const sample = sampleAt(index, second);
        if (sample === "stale") appender.appendStale(series);
        else if (sample !== undefined) appender.append(series, sample);
      }
      appender.commit();
      if (hasSingle(second)) store.append(single, nowMs, second);
      process.stdout.write(`appended ${second}\n`);
    }
    store.commit();
    process.stdout.write(`committed ${second - 1}\n`);
  }, 1);
}

const [, script = "", path] = process.argv;
if (script.endsWith("ingest.ts") && path !== undefined) ingest(path);
