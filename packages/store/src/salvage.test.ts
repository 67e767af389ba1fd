import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Labels } from "./labels/labels.ts";
import { salvage } from "./salvage.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store-error.ts";

const START_MS = 1_700_000_000_000;
const SERIES = 200;
const SECONDS = 120;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-salvage-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function valueAt(index: number, second: number): number {
  return Math.sin(index + second) * 1000;
}

/** A file with full blocks, and one that was growing. */
function made(): string {
  const path = join(folder, "sound.db");
  const store = new Store({ path, commitIntervalMs: 0, now: () => START_MS, rowsPerBlock: 50 });
  const all = Array.from({ length: SERIES }, (_, index) =>
    store.series(Labels.from({ __name__: "x", index: String(index) })),
  );
  const appender = store.appender("bot");
  for (let second = 0; second < SECONDS; second++) {
    appender.begin(START_MS + second * 1000);
    for (const [index, series] of all.entries()) appender.append(series, valueAt(index, second));
    appender.commit();
    for (let i = 0; i < 5; i++) store.commit();
  }
  store.close();
  return path;
}

/** How many samples it has; each must be one that was written. */
function soundSamples(path: string): number {
  using store = new Store({ path, commitIntervalMs: 0, now: () => START_MS });
  let samples = 0;
  for (const { labels, times, values } of store.select(
    [{ name: "__name__", operator: "=", value: "x" }],
    0,
    Number.POSITIVE_INFINITY,
  )) {
    samples += times.length;
    for (const [row, time] of times.entries()) {
      const expected = valueAt(Number(labels.get("index")), (time - START_MS) / 1000);
      if (values[row] !== expected) throw new Error(`${labels} has ${values[row]} where ${expected} was written`);
    }
  }
  return samples;
}

test("of a sound file all is saved", () => {
  const path = made();

  const report = salvage(path, join(folder, "new.db"));

  expect(report).toEqual({ series: SERIES, samples: SERIES * SECONDS, losses: [], lossCount: 0 });
  expect(soundSamples(join(folder, "new.db"))).toBe(SERIES * SECONDS);
});

test("of a damaged file what can be read is saved, what is lost is named, and the file is left as it is", () => {
  const path = made();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 20 * 4096, 24 * 4096);
  const damaged = join(folder, "damaged.db");
  writeFileSync(damaged, bytes);

  const report = salvage(damaged, join(folder, "new.db"));

  expect(report.lossCount).toBeGreaterThan(0);
  expect(report.losses.join("\n")).toMatch(/block \d+/);
  const saved = soundSamples(join(folder, "new.db"));
  expect(saved).toBe(report.samples);
  expect(saved).toBeGreaterThan((SERIES * SECONDS) / 2);
  expect(readFileSync(damaged)).toEqual(bytes);
});

test("wherever a file is damaged: it opens whole, or says DAMAGED; it is never emptied, and no sample is made up", () => {
  const path = made();
  const sound = readFileSync(path);
  const harm = fc.record({ at: fc.nat(sound.length - 1), size: fc.integer({ min: 1, max: 6000 }), byte: fc.nat(255) });
  fc.assert(
    fc.property(harm, ({ at, size, byte }) => {
      const file = join(mkdtempSync(join(folder, "run-")), "test.db");
      const bytes = Buffer.from(sound);
      bytes.fill(byte, at, Math.min(at + size, bytes.length));
      writeFileSync(file, bytes);
      const copy = `${file}.copy`;
      copyFileSync(file, copy);

      try {
        soundSamples(file);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        expect(["DAMAGED", "NOT_A_STORE", "NEWER_SCHEMA", "UNUSABLE"]).toContain(error.code);
        expect(error.hint).not.toBe("");
      }
      try {
        const report = salvage(copy, `${file}.new`);
        expect(soundSamples(`${file}.new`)).toBe(report.samples);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
