/** Bodies that no one wrote: whatever comes, it is read or refused, at once, and never beyond its end. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpositionError } from "./exposition-error.ts";
import type { ExpositionFormat } from "./exposition-parser.ts";
import { ScrapeReader } from "./scrape-reader.ts";
import { readAll } from "./testing/read-all.ts";

const FORMATS: readonly ExpositionFormat[] = ["text", "openmetrics"];
const RUNS = 3000;

const PIECES = [
  ...' \t\n\r\0"\\{},=#:+-.e_19a',
  ...[
    "a_total",
    'b{c="d"} 1\n',
    '{"x.y",',
    'le="+Inf"',
    "# HELP a ",
    "# TYPE ",
    "counter\n",
    "histogram\n",
    "# UNIT a_s s\n",
  ],
  ...["# EOF\n", ' # {id="x"} 1', " 1\n", " 1.5e-7", " NaN\n", " 1520879607.789\n", "ö", "😀", '\\"', "\\n"],
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join("")));
const bytes = fc.uint8Array({ maxLength: 60 });
const body = fc.oneof({ weight: 5, arbitrary: soup }, { weight: 1, arbitrary: bytes });

/** What comes of a body: as text, or the error that refuses it; any other error is a bug, and thrown on. */
function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read(), (_, value) => (typeof value === "number" ? String(value) : value));
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    return error.message;
  }
}

test("any body is read, or refused with a place", () => {
  fc.assert(
    fc.property(body, fc.constantFrom(...FORMATS), (given, format) => {
      outcome(() => readAll(given, format));
    }),
    { numRuns: RUNS },
  );
});

test("what stands around a body in its buffer is not read", () => {
  fc.assert(
    fc.property(body, body, body, fc.constantFrom(...FORMATS), (before, given, after, format) => {
      const whole = Buffer.concat([before, given, after]);
      const part = new Uint8Array(whole.buffer, whole.byteOffset + before.length, given.length);

      expect(outcome(() => readAll(part, format))).toBe(outcome(() => readAll(Uint8Array.from(given), format)));
    }),
    { numRuns: RUNS },
  );
});

test("a reader that remembers any bodies reads the next as the parser does", () => {
  const lines = fc.constantFrom('a{b="c"}', "a", "ab", '{"x.y"}', "# TYPE a gauge\n", "# HELP a x\n", 'a{le="1"}');
  const ends = fc.constantFrom(
    " 1\n",
    " 2.50\n",
    "  3\n",
    "\t4\n",
    " 5 6\n",
    " 7 8.5\n",
    "9\n",
    " NaN",
    "\n",
    "",
    "x\n",
    " # {} 1\n",
  );
  const scrape = fc
    .array(fc.tuple(lines, ends), { maxLength: 6 })
    .map((all) => all.map(([line, end]) => (line.endsWith("\n") ? line : line + end)).join(""));
  const bodies = fc.array(
    fc.tuple(scrape, fc.constantFrom("", "# EOF", "# EOF\n", "\0"), fc.constantFrom(...FORMATS)),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(bodies, (all) => {
      const remembering = new ScrapeReader((labels) => labels.toString());
      for (const [lines, end, format] of all) {
        const given = Buffer.from(lines + end);
        const read = (reader: ScrapeReader<string>): string =>
          outcome(() => {
            const samples: unknown[] = [];
            reader.read(given, (...sample) => samples.push(sample), format);
            return samples;
          });

        expect(read(remembering)).toBe(read(new ScrapeReader((labels) => labels.toString())));
      }
    }),
    { numRuns: RUNS },
  );
});

test("long lines, many labels and deep backslashes are read in linear time", () => {
  const n = 200_000;
  const bodies = [
    "a".repeat(n),
    `a{b="${"\\".repeat(n)}"} 1`,
    `a{${'b="c"'.repeat(n / 5)}`,
    `a ${"1".repeat(n)}`,
    "# ".repeat(n),
  ];
  const start = performance.now();

  for (const given of [...bodies, " ".repeat(n), "{".repeat(n), '"'.repeat(n), "\n".repeat(n), "\0".repeat(n)]) {
    for (const format of FORMATS)
      outcome(() => new ScrapeReader(() => 1).read(Buffer.from(given), () => undefined, format));
  }

  expect(performance.now() - start).toBeLessThan(3000);
});

const label = fc.tuple(
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
  fc.string({ unit: "grapheme", minLength: 1 }),
);
const utf8Label = fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ minLength: 1 }));
const series = fc.record({
  name: fc.oneof(fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/), fc.string({ unit: "grapheme", minLength: 1 })),
  labels: fc.uniqueArray(fc.oneof(label, utf8Label), { maxLength: 4, selector: ([name]) => name }),
  value: fc.double(),
  ms: fc.option(fc.integer({ min: 0, max: 4e12 })),
});

test("any series that is written out in either format is read back the same, its value to the last bit", () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 5 }), fc.constantFrom(...FORMATS), (all, format) => {
      fc.pre(all.every(({ labels }) => labels.every(([name]) => name !== "__name__")));
      const text = all.map((one) => line(one, format)).join("") + (format === "text" ? "" : "# EOF\n");

      const { samples } = readAll(text, format);

      expect(samples.map(({ labels, value, timestampMs }) => [labels, value, timestampMs])).toEqual(
        all.map((one) => [
          { __name__: one.name, ...Object.fromEntries(one.labels) },
          one.value,
          timeOf(one.ms, format),
        ]),
      );
    }),
    { numRuns: RUNS },
  );
});

/** Seconds are read as Prometheus does, which loses a millisecond of some. */
function timeOf(ms: number | null, format: ExpositionFormat): number | undefined {
  if (ms === null) return undefined;
  return format === "text" ? ms : Math.trunc(1000 * Number(secondsOf(ms)));
}

function secondsOf(ms: number): string {
  return `${Math.trunc(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}`;
}

function line(
  { name, labels, value, ms }: typeof series extends fc.Arbitrary<infer S> ? S : never,
  format: ExpositionFormat,
): string {
  const isPlain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
  const inBraces = labels.map(
    ([label, text]) => `${/^[a-zA-Z_]\w*$/.test(label) ? label : quoted(label)}=${quoted(text)}`,
  );
  if (!isPlain) inBraces.unshift(quoted(name));
  const number = Number.isFinite(value)
    ? Object.is(value, -0)
      ? "-0"
      : String(value)
    : String(value).replace("inity", "");
  const time = ms === null ? "" : ` ${format === "text" ? ms : secondsOf(ms)}`;
  return `${isPlain ? name : ""}${inBraces.length === 0 ? "" : `{${inBraces.join(",")}}`} ${number}${time}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
