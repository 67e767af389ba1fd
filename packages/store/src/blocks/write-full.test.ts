/** A block that is written over several commits is read whole at every moment, and after the process's end half-way. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Labels } from "../labels/labels.ts";
import { Store } from "../store.ts";

const START_MS = 1_700_000_000_000;
const SERIES = 700;
const ROWS = 20;

/** Every sample, whether still in memory, half written, or compressed. */
function check(store: Store, rows: number): void {
  const found = store.select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  expect(found.length).toBe(SERIES);
  for (const { labels, values } of found) {
    const index = Number(labels.get("index"));
    expect([...values]).toEqual(Array.from({ length: rows }, (_, row) => Math.sin(row * index)));
  }
}

test("a block that is half written is read whole, and so it is by whoever opens the file then", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-half-"));
  try {
    let nowMs = START_MS;
    const path = join(folder, "test.db");
    const open = (from: string) => new Store({ path: from, commitIntervalMs: 0, now: () => nowMs, rowsPerBlock: ROWS });
    using store = open(path);
    const all = Array.from({ length: SERIES }, (_, index) =>
      store.series(Labels.from({ __name__: "x", index: `${index}` })),
    );
    const appender = store.appender("bot");
    let halfWritten = 0;
    for (let row = 0; row < ROWS * 3; row++) {
      nowMs = START_MS + row * 1000;
      appender.begin(nowMs);
      for (const [index, series] of all.entries()) appender.append(series, Math.sin(row * index));
      appender.commit();
      store.commit();
      if (row % 4 === 0) check(store, row + 1);
      const { samplesInBlocks } = store.stats();
      if (row > ROWS && samplesInBlocks < Math.floor(row / ROWS) * ROWS * SERIES) halfWritten += 1;
      if (row % 9 !== 5) continue;
      const copy = join(folder, `copy-${row}.db`);
      copyFileSync(path, copy);
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      using again = open(copy);
      check(again, row + 1);
      again.compact();
      check(again, row + 1);
    }
    expect(halfWritten).toBeGreaterThan(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
