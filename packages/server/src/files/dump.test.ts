import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Labels, type Metadata, Store } from "@haltwatch/store";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DumpOptions, dump } from "./dump.ts";
import { secondsText } from "./dump-text.ts";
import { FileError } from "./file-error.ts";
import { importFiles } from "./import-files.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-dump-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Sample = readonly [timeMs: number, value: number | "stale"];

function filled(
  series: readonly (readonly [Readonly<Record<string, string>>, readonly Sample[]])[],
  metadata: Readonly<Record<string, Metadata>> = {},
): string {
  const path = join(mkdtempSync(join(dir, "store-")), "test.db");
  using store = new Store({ path, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
  for (const [name, one] of Object.entries(metadata)) store.setMetadata(name, one);
  store.backfill(
    series.map(([labels, samples]) => ({
      series: store.series(Labels.from(labels)),
      times: samples.map(([timeMs]) => timeMs),
      values: samples.map(([, value]) => (value === "stale" ? Number.NaN : value)),
      stale: Uint8Array.from(samples, ([, value]) => (value === "stale" ? 1 : 0)),
    })),
  );
  return path;
}

function dumped(from: string, options: Omit<DumpOptions, "from"> = {}): string {
  return [...dump({ from, ...options })].join("");
}

async function imported(text: string, flushSamples?: number): Promise<string> {
  const into = join(mkdtempSync(join(dir, "store-")), "test.db");
  await importFiles({ files: ["-"], into, stdin: Readable.from([text]), flushSamples });
  return into;
}

test("families are told by OpenMetrics's rules, histograms time by time", () => {
  const path = filled(
    [
      [
        { __name__: "h_seconds_bucket", le: "+Inf" },
        [
          [1000, 2],
          [2000, 3],
        ],
      ],
      [
        { __name__: "h_seconds_bucket", le: "0.5" },
        [
          [1000, 1],
          [2000, 1],
        ],
      ],
      [
        { __name__: "h_seconds_sum" },
        [
          [1000, 0.1],
          [2000, "stale"],
        ],
      ],
      [
        { __name__: "h_seconds_count" },
        [
          [1000, 2],
          [2000, 3],
        ],
      ],
      [{ __name__: "orders_total", venue: 'a"b\\c\nd' }, [[1500, -0]]],
      [{ __name__: "loops" }, [[0, 1]]],
      [{ __name__: "grün", "a b": "c" }, [[-1, Number.POSITIVE_INFINITY]]],
    ],
    {
      h_seconds: { type: "histogram", help: "Time\nspent", unit: "seconds" },
      orders_total: { type: "counter", help: 'of "all"', unit: "" },
      loops: { type: "counter", help: "", unit: "" },
    },
  ); // prettier-ignore

  expect(dumped(path)).toBe(
    [
      '{"grün","a b"="c"} +Inf -0.001',
      "# TYPE h_seconds histogram",
      "# UNIT h_seconds seconds",
      "# HELP h_seconds Time\\nspent",
      'h_seconds_bucket{le="0.5"} 1 1',
      'h_seconds_bucket{le="+Inf"} 2 1',
      "h_seconds_count 2 1",
      "h_seconds_sum 0.1 1",
      'h_seconds_bucket{le="0.5"} 1 2',
      'h_seconds_bucket{le="+Inf"} 3 2',
      "h_seconds_count 3 2",
      'h_seconds_sum NaN 2 # {haltwatch_stale="1"} 1',
      "# TYPE loops unknown",
      "loops 1 0",
      "# TYPE orders counter",
      '# HELP orders of \\"all\\"',
      'orders_total{venue="a\\"b\\\\c\\nd"} -0 1.500',
      "# EOF",
      "",
    ].join("\n"),
  );
});

test("selectors are joined, both ends of the time are included, stale samples can be left out", () => {
  const path = filled([
    [
      { __name__: "a", job: "x" },
      [
        [1000, 1],
        [2000, 2],
        [3000, "stale"],
        [4000, 4],
      ],
    ],
    [{ __name__: "a", job: "y" }, [[2000, 5]]],
    [{ __name__: "b" }, [[9000, 6]]],
    [{ job: "nameless" }, [[2000, 7]]],
  ]); // prettier-ignore
  const unnamed: string[] = [];

  const text = dumped(path, {
    match: ['{job=~"x|y"}', 'a{job="x"}', "b"],
    startMs: 2000,
    endMs: 4000,
    omitStale: true,
  });
  dumped(path, { onUnnamed: (labels) => unnamed.push(labels.toString()) });

  expect(text).toBe('a{job="x"} 2 2\na{job="x"} 4 4\na{job="y"} 5 2\n# EOF\n');
  expect(unnamed).toEqual(['{job="nameless"}']);
});

test("an empty store is the end alone; one that is not there is not made, and only selectors select", () => {
  expect(dumped(filled([]))).toBe("# EOF\n");
  expect(() => dumped(join(dir, "none.db"))).toThrow(/none.db: there is no such file/);
  for (const selector of ["sum(a)", "a[5m]", "a offset 5m", "a @ 5", "a{", ""]) {
    expect(() => dumped(filled([]), { match: [selector] }), selector).toThrow(FileError);
  }
});

test("a series with more samples than are held at a time is dumped whole", () => {
  const samples = Array.from({ length: 3_000 }, (_, second): Sample => [second * 1000, second]);
  const buckets = Array.from({ length: 1_000 }, (_, le) => [{ __name__: "h_bucket", le: `${le}` }, samples] as const);
  const path = filled(buckets, { h: { type: "histogram", help: "", unit: "" } });

  let lines = 0;
  let last = 0;
  let areInOrder = true;
  for (const piece of dump({ from: path })) {
    for (const [, time] of piece.matchAll(/ (\d+)\n/g)) {
      lines++;
      areInOrder &&= Number(time) >= last;
      last = Number(time);
    }
  }

  expect(areInOrder).toBe(true);
  expect(lines).toBe(3_000_000);
}, 120_000);

const text = fc.string({ unit: fc.constantFrom("a", "b", "_", " ", '"', "\\", "\n", "{", "é", "🙂"), maxLength: 5 });
const metric = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      "x",
      "x_total",
      "x_count",
      "x_sum",
      "x_bucket",
      "x_created",
      "x_info",
      "y_s",
      "x_total_total",
    ),
  },
  text.filter((name) => name !== ""),
);
const labelSet = fc
  .tuple(
    metric,
    fc.dictionary(
      fc.oneof(
        fc.constantFrom("le", "quantile", "job"),
        text.filter((name) => name !== ""),
      ),
      text,
      { maxKeys: 3 },
    ),
  )
  .map(([name, labels]) => ({ ...labels, __name__: name }));
const bits = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((whole) => new Float64Array(BigUint64Array.of(whole).buffer)[0] ?? 0);
const value = fc.oneof(
  fc.double(),
  bits,
  fc.integer(),
  fc.constantFrom(-0, 0, Number.POSITIVE_INFINITY, "stale" as const),
);
const timeMs = fc.oneof(fc.integer({ min: -2000, max: 5000 }), fc.integer({ min: -(2 ** 50), max: 2 ** 50 }));
const samples = fc.uniqueArray(fc.tuple(timeMs, value), { selector: ([at]) => at, minLength: 1, maxLength: 8 });
const described = fc.record({
  type: fc.constantFrom("counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"),
  help: text,
  unit: fc.constantFrom("", "s", "seconds"),
});

test("what is dumped, imported and dumped again is the same text, and the same samples", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(labelSet, samples), { selector: ([labels]) => Labels.from(labels).key, maxLength: 12 }),
      fc.dictionary(metric, described, { maxKeys: 6 }),
      fc.integer({ min: 1, max: 50 }),
      async (series, metadata, flushSamples) => {
        const path = filled(series, metadata);
        const first = dumped(path);

        const second = await imported(first, flushSamples);

        expect(dumped(second)).toBe(first);
        using before = new Store({ path, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
        using after = new Store({ path: second, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
        const all = (store: Store) =>
          new Map(
            store
              .select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
              .map(({ labels, times, values, stale }) => [labels.key, [times, values, stale]]),
          );
        expect(all(after)).toEqual(all(before));
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

test("a time in seconds is cut off to the same milliseconds", () => {
  fc.assert(
    fc.property(fc.oneof(timeMs, fc.integer({ min: 1e12, max: 2e12 })), (ms) => {
      expect(Math.trunc(1000 * Number(secondsText(ms))) + 0).toBe(ms);
    }),
    { numRuns: 20_000 },
  );
});
