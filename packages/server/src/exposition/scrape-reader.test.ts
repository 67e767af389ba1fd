import type { Labels } from "@haltwatch/store";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpositionError } from "./exposition-error.ts";
import { ScrapeReader, type ScrapeResult } from "./scrape-reader.ts";

interface Handle {
  readonly labels: Labels;
}

/** A reader with what it was given: how often it resolved, and the last body's samples. */
function watched(drop: (labels: Labels) => boolean = () => false, limits = {}) {
  const resolved: string[] = [];
  const reader = new ScrapeReader<Handle>((labels) => {
    resolved.push(labels.toString());
    return drop(labels) ? undefined : { labels };
  }, limits);
  const samples: [series: string, value: number, timestampMs: number][] = [];
  const read = (text: string, format: "text" | "openmetrics" = "text"): ScrapeResult<Handle> => {
    samples.length = 0;
    return reader.read(
      Buffer.from(text),
      (entry, value, ms) => samples.push([entry.labels.toString(), value, ms]),
      format,
    );
  };
  return { reader, read, samples, resolved };
}

const names = (handles: readonly Handle[]): string[] => handles.map(({ labels }) => labels.toString()).sort();

test("a steady scrape resolves nothing again", () => {
  const { read, samples, resolved } = watched();
  const body = (n: number): string => `# TYPE a counter\na_total{x="1"} ${n}\na_total{x="2"} ${n + 0.5} 17${n}\n`;

  read(body(1));
  read(body(2));
  const result = read(body(3));

  expect(resolved).toEqual(['a_total{x="1"}', 'a_total{x="2"}']);
  expect(samples).toEqual([
    ['a_total{x="1"}', 3, Number.NaN],
    ['a_total{x="2"}', 3.5, 173],
  ]);
  expect(result).toEqual({ samples: 2, stale: [], duplicates: [] });
});

test("what is gone went stale, once, and is resolved anew when it comes back", () => {
  const { read, resolved } = watched();
  read("a 1\nb 2\nc 3\n");

  expect(names(read("a 1\nc 3\n").stale)).toEqual(["b"]);
  expect(read("a 1\nc 3\n").stale).toEqual([]);
  read("a 1\nb 2\nc 3\n");

  expect(resolved).toEqual(["a", "b", "c", "b"]);
});

test("another order, and new series in the middle, cost no resolving of the others", () => {
  const { read, samples, resolved } = watched();
  read("a 1\nb 2\nc 3\nd 4\n");
  resolved.length = 0;

  expect(read("d 1\nc 2\nnew 3\na 4\nb 5").stale).toEqual([]);

  expect(resolved).toEqual(["new"]);
  expect(samples.map(([series, value]) => `${series} ${value}`)).toEqual(["d 1", "c 2", "new 3", "a 4", "b 5"]);
});

test("a series that is there twice is told, and given twice", () => {
  const { read, samples } = watched();
  const body = "a 1\nb 2\na 3\n";

  expect(names(read(body).duplicates)).toEqual(["a"]);
  expect(names(read(body).duplicates)).toEqual(["a"]);
  expect(samples.map(([, value]) => value)).toEqual([1, 2, 3]);
  expect(names(read("a 1\n").stale)).toEqual(["b"]);
});

test("a series that is written in another way than before is not stale", () => {
  const handle = { labels: undefined };
  const reader = new ScrapeReader(() => handle);
  reader.read(Buffer.from('a{x="1"} 1\n'), () => undefined);

  expect(reader.read(Buffer.from('a{x="1",} 1\n'), () => undefined).stale).toEqual([]);
  expect(reader.readNothing().stale).toEqual([handle]);
});

test("dropped series are neither given, nor counted, nor stale", () => {
  const { read, samples } = watched((labels) => labels.get("__name__") === "b", { maxSamples: 2 });

  for (let i = 0; i < 2; i++) {
    expect(read("a 1\nb 2\nc 3\n").samples).toBe(2);
    expect(samples.map(([series]) => series)).toEqual(["a", "c"]);
  }
  expect(names(read("a 1\n").stale)).toEqual(["c"]);
});

test("a bad body gives nothing to the sink, and leaves the last scrape as it was", () => {
  const { reader, read, samples, resolved } = watched();
  read("a 1\nb 2\n");

  expect(() => read("a 1\nnew 1\nb x\n")).toThrow('3:3: "x" is no number');

  expect(samples).toEqual([]);
  expect(names(reader.readNothing().stale)).toEqual(["a", "b"]);
  expect(reader.readNothing().stale).toEqual([]);
  read("new 1\n");
  expect(resolved).toEqual(["a", "b", "new", "new"]);
});

test("values, timestamps and lines in every way that is allowed read the same at once and when remembered", () => {
  const lines = [
    "a  1",
    "a\t2\t ",
    "a 3 5 ",
    "a NaN",
    "a -Inf",
    "a +3",
    "a 1e3",
    "a 0.1 1723161254024",
    'a{b="c"}4',
    "a+5",
  ];
  for (const line of lines) {
    const { read, samples } = watched();
    read(`${line}\n`);
    const first = [...samples];

    read(`${line}\n`);
    expect(samples).toEqual(first);
    read(line);
    expect(samples).toEqual(first);
  }
});

test("what is bad is refused when the series is remembered, too", () => {
  for (const line of [
    "a",
    "a 1 x",
    "a 1 1.5",
    "a 1 +5",
    "a 1 2 3",
    "a 1_0",
    "a 0x1",
    "a 1e",
    "a 1e400",
    'a{b="c" 1',
    "ab",
  ]) {
    const { read } = watched();
    read('a 1\na{b="c"} 1\n');

    expect(() => read(`${line}\n`), line).toThrow(ExpositionError);
  }
});

test("a longer name that begins as a remembered one is another series", () => {
  const { read, samples } = watched();
  read("a 1\n");

  read("ab 1\n");

  expect(samples.map(([series]) => series)).toEqual(["ab"]);
});

test("NUL bytes behind a remembered line of OpenMetrics are a part of it", () => {
  const { read } = watched();
  read("# HELP a x\na 1\n# EOF\n", "openmetrics");

  expect(read("# HELP a x\n\0a 1\n# EOF\n", "openmetrics").samples).toBe(1);
});

test("limits have errors of their own, with the place", () => {
  const code = (text: string, limits: object): string => {
    try {
      watched(() => false, limits).read(text);
    } catch (error) {
      if (error instanceof ExpositionError) return `${error.code} ${error.line}:${error.column}`;
    }
    return "good";
  };

  expect(code("a 1\nb 1\n", { maxSamples: 1 })).toBe("TOO_MANY_SAMPLES 2:1");
  expect(code('a{b="1",c="2"} 1\n', { maxLabels: 3 })).toBe("good");
  expect(code('a{b="1",c="2"} 1\n', { maxLabels: 2 })).toBe("TOO_MANY_LABELS 1:1");
  expect(code('a{bcd="1"} 1\n', { maxLabelNameLength: 2 })).toBe("LABEL_NAME_TOO_LONG 1:3");
  expect(code('a{b="123"} 1\n', { maxLabelValueLength: 2 })).toBe("LABEL_VALUE_TOO_LONG 1:6");
});

test("metadata is what the last body tells", () => {
  const { reader, read } = watched();
  read("# HELP a It's \\\\ \\n a.\n# TYPE a counter\na 1\n# a comment\n");
  read("# HELP a It's \\\\ \\n a.\n# TYPE a counter\na 1\n# a comment\n");
  expect(reader.metadata()).toEqual([
    { kind: "help", family: "a", text: "It's \\ \n a." },
    { kind: "type", family: "a", text: "counter" },
  ]);

  read("# TYPE a gauge\na 1\n");
  expect(reader.metadata()).toEqual([{ kind: "type", family: "a", text: "gauge" }]);
});

test("a new bucket of a remembered histogram is written as Prometheus 3 does", () => {
  const { read, resolved } = watched();
  read('# TYPE h histogram\nh_bucket{le="1"} 1\n');
  read('# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="2"} 1\n');

  expect(resolved).toEqual(['h_bucket{le="1.0"}', 'h_bucket{le="2.0"}']);
});

test("memory of series that come and go stays bounded", () => {
  const { read } = watched();
  for (let i = 0; i < 50; i++) {
    const body = Array.from({ length: 500 }, (_, n) => `a{n="${500 * i + n}"} 1\n`).join("");
    const result = read(`# TYPE a gauge\nkept 7\n${body}`);
    expect(result.stale.length).toBe(i === 0 ? 0 : 500);
    expect(result.samples).toBe(501);
  }
});

test("any sequence of bodies reads as by a reader without memory", () => {
  const line = fc.tuple(fc.constantFrom("a", 'b{x="1"}', "c", 'c{y="22222"}', "d", "# TYPE c gauge"), fc.double());
  const bodies = fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 6 });
  fc.assert(
    fc.property(bodies, (all) => {
      const remembering = watched();
      let before = new Set<string>();
      for (const lines of all) {
        const text = lines
          .map(([series, value]) => (series.startsWith("#") ? `${series}\n` : `${series} ${goNumber(value)}\n`))
          .join("");
        const fresh = watched();
        const expected = fresh.read(text);

        const result = remembering.read(text);

        expect(remembering.samples).toEqual(fresh.samples);
        expect(names(result.duplicates)).toEqual(names(expected.duplicates));
        const now = new Set(fresh.samples.map(([series]) => series));
        expect(names(result.stale)).toEqual([...before].filter((series) => !now.has(series)).sort());
        before = now;
      }
    }),
  );
});

function goNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
