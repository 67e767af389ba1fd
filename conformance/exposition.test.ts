/**
 * Our parsers beside a real Prometheus: it scrapes the same bodies, and must take and refuse the same ones, and store the
 * same series and values. The peer is 2.42, which knows no quoted names yet, and writes bounds of buckets as they come.
 */
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { type ExpositionFormat, ScrapeReader } from "@haltwatch/server";
import type { Labels } from "@haltwatch/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeWithPeer } from "./peers.ts";
import { labelsKey, type RealPrometheus, startPrometheusOnPaths } from "./real-prometheus.ts";
import { testOnInputs } from "./shared-inputs.ts";

/** One body that a target exposes. */
interface Exposed {
  readonly title: string;
  readonly body: Buffer;
  readonly format: ExpositionFormat;
}

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
};

/** How many bodies with random mistakes: each is two targets. */
const RANDOM_BODIES = 150;

describeWithPeer("prometheus", "bodies are taken and refused, and their samples stored, as by Prometheus", (binary) => {
  testOnInputs("of files", "exposition/**/*", async (files) => {
    const exposed = files
      .filter((file) => statSync(file).isFile())
      .flatMap((file) => inBothFormats(file, readFileSync(file)));

    await compare(binary, exposed);
  });

  test("that are nearly good", async () => {
    await compare(
      binary,
      NEARLY_GOOD.flatMap((body) => inBothFormats(JSON.stringify(body), Buffer.from(body, "latin1"))),
    );
  });

  test("with random mistakes", async () => {
    const seed = Number(process.env["HALTWATCH_SEED"] ?? Date.now() % 2 ** 31);
    const bodies = fc.sample(bodyWithMistakes, { numRuns: RANDOM_BODIES, seed });

    await compare(
      binary,
      bodies.flatMap((body) => inBothFormats(`seed ${seed}: ${JSON.stringify(body)}`, Buffer.from(body, "latin1"))),
    );
  });
});

describe("without a peer", () => {
  testOnInputs("real targets' expositions are good", "exposition/{node_exporter/*,prometheus/textparse/*}", (files) => {
    for (const file of files.filter((name) => /\.txt$/.test(name))) {
      const format = file.endsWith(".om.txt") ? "openmetrics" : "text";
      expect(read({ title: file, body: readFileSync(file), format }).fault, file).toBeUndefined();
    }
  });

  // The corpus was made for prometheus/common/expfmt. A scrape is parsed by model/textparse, which is another parser.
  testOnInputs("expfmt's fuzz corpus is read as textparse does", "exposition/common/fuzz-corpus/*", (files) => {
    const takenOfBad = new Map([
      ["from_test_parse_error_0", "the last line needs no line break"],
      ["from_test_parse_error_1", "a backslash may stand before any character"],
      ["from_test_parse_error_2", "a label's value may hold a line break"],
      ["from_test_parse_error_7", "a quantile may be no number"],
      ["from_test_parse_error_12", "help may come twice"],
      ["from_test_parse_error_13", "a type may come twice"],
      ["from_test_parse_error_14", "a type may come after its samples"],
      ["from_test_parse_error_19", "a bucket's bound may be no number"],
    ]);
    const refusedOfGood = new Map([["from_test_parse_3", "a timestamp has no sign"]]);
    for (const file of files) {
      const name = basename(file);
      const isBad = name.startsWith("from_test_parse_error_") ? !takenOfBad.has(name) : refusedOfGood.has(name);
      const { fault } = read({ title: file, body: readFileSync(file), format: "text" });
      if (isBad) expect(fault, name).toMatch(/^\d+:\d+: /);
      else expect(fault, name).toBeUndefined();
    }
  });
});

function inBothFormats(title: string, body: Buffer): Exposed[] {
  // The peer has other rules for quoted names, or rather none.
  if (/[{,]\s*"|# *(?:HELP|TYPE|UNIT)[ \t]+"/.test(body.toString("latin1"))) return [];
  // Nor does it take a comma before the closing brace in OpenMetrics, as Prometheus 3 does.
  if (body.includes(",}")) return [{ title: `text ${title}`, body, format: "text" }];
  return [
    { title: `text ${title}`, body, format: "text" },
    { title: `openmetrics ${title}`, body, format: "openmetrics" },
  ];
}

async function compare(binary: string, exposed: readonly Exposed[]): Promise<void> {
  const server = createServer((request, response) => {
    const { body, format } = exposed[Number((request.url ?? "").slice(1))] ?? exposed[0] ?? NOTHING;
    response.setHeader("Content-Type", CONTENT_TYPES[format]).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
    await using prometheus = await startPrometheusOnPaths(
      binary,
      target,
      exposed.map((_, i) => `/${i}`),
    );
    const theirFaults = await prometheus.until("all are scraped", () => faultsByPath(prometheus, exposed.length));
    for (const [i, one] of exposed.entries()) {
      const ours = read(one);
      const theirFault = theirFaults.get(`/${i}`) ?? "";
      // Prometheus 3 takes them on any sample.
      if (theirFault.includes("does not support exemplars")) continue;
      const verdict = (fault: string | undefined): string => (fault === undefined ? "good" : "bad");
      const detail = `${one.title}\nours: ${ours.fault ?? "none"}\ntheirs: ${theirFault || "none"}`;
      expect(verdict(ours.fault), detail).toBe(verdict(theirFault || undefined));
      if (ours.fault === undefined) expect(ours.samples, one.title).toEqual(await stored(prometheus, `/${i}`));
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const NOTHING: Exposed = { title: "", body: Buffer.alloc(0), format: "text" };

/** What Prometheus says of each target's last scrape; empty if it was good. `undefined` until all are scraped. */
async function faultsByPath(prometheus: RealPrometheus, count: number): Promise<Map<string, string> | undefined> {
  const given = await prometheus.answer("/api/v1/targets?state=active");
  if ("error" in given) return undefined;
  const { activeTargets } = given.data as {
    activeTargets: { scrapePool: string; lastError: string; health: string }[];
  }; // Prometheus's HTTP API
  // A busy machine may be too slow for a scrape: the next one tells.
  const scraped = activeTargets.filter(
    ({ health, lastError }) => health !== "unknown" && !/deadline exceeded|connect:|connection/.test(lastError),
  );
  if (scraped.length < count) return undefined;
  return new Map(scraped.map(({ scrapePool, lastError }) => [scrapePool, lastError]));
}

/** The samples that it stored of a target: by name and labels. */
async function stored(prometheus: RealPrometheus, job: string): Promise<Map<string, number>> {
  const query = `last_over_time({job="${job}"}[5m])`;
  const given = await prometheus.answer(`/api/v1/query?query=${encodeURIComponent(query)}`);
  if ("error" in given) throw new Error(given.error);
  const { result } = given.data as { result: { metric: Record<string, string>; value: [number, string] }[] };
  const samples = new Map<string, number>();
  for (const { metric, value } of result) {
    const { job: _, instance: __, exported_job: ownJob, exported_instance: ownInstance, ...labels } = metric;
    const isItsOwn = /^(?:up|scrape_.*)$/.test(labels["__name__"] ?? "") && Object.keys(labels).length === 1;
    if (isItsOwn && ownJob === undefined && ownInstance === undefined) continue;
    if (ownJob !== undefined) labels["job"] = ownJob;
    if (ownInstance !== undefined) labels["instance"] = ownInstance;
    samples.set(key(labels), goFloat(value[1]));
  }
  return new Map([...samples].sort());
}

/** What we make of it, as Prometheus would store it. */
function read({ body, format }: Exposed): { samples: Map<string, number>; fault: string | undefined } {
  const samples = new Map<string, number>();
  try {
    const reader = new ScrapeReader<string>((labels) => key(resolved(labels)));
    // Of one series, the first sample of a time counts.
    reader.read(body, (series, value) => void (samples.has(series) || samples.set(series, value)), format);
  } catch (error) {
    return { samples, fault: error instanceof Error ? error.message : String(error) };
  }
  return { samples: new Map([...samples].sort()), fault: undefined };
}

/** The peer's own rule, from before names were UTF-8. */
function resolved(labels: Labels): Record<string, string> {
  for (const [name, value] of labels) {
    const isMetric = name === "__name__";
    const isGood = isMetric ? /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(value) : /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
    if (!isGood) throw new Error(`${JSON.stringify(isMetric ? value : name)} is a name of UTF-8`);
  }
  return labels.toObject();
}

/** By name and labels; bounds as numbers, since Prometheus 2 writes them as they come. */
function key(labels: Record<string, string>): string {
  const bound = (name: "le" | "quantile"): Record<string, string> => {
    const text = labels[name];
    const value = text === undefined || text.trim() === "" ? Number.NaN : goFloat(text);
    return Number.isNaN(value) ? {} : { [name]: `${value + 0}` };
  };
  return labelsKey({ ...labels, ...bound("le"), ...bound("quantile") });
}

function goFloat(text: string): number {
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  return infinity === null ? Number(text) : infinity[1] === "-" ? -Infinity : Infinity;
}

const NEARLY_GOOD: readonly string[] = [
  ...["a 1", "a 1\n", "a\t1\n", " a 1\n", "\ta 1\n", "a  1  2  \n", "a 1 -2\n", "a 1 +2\n", "a 1 2.5\n", "a 1 2 3\n"],
  ...["a 9223372036854775807 9223372036854775807\n", "a 1 9223372036854775808\n", "a 1 0\n", "a-1\n", "a+1\n", "a.5\n"],
  ...[
    "a 0x10\n",
    "a 0x1p4\n",
    "a 1_0\n",
    "a 1e\n",
    "a 1e400\n",
    "a -1e400\n",
    "a 1e-400\n",
    "a .5\n",
    "a 5.\n",
    "a .\n",
  ],
  ...["a Inf\n", "a +inf\n", "a -INFINITY\n", "a infin\n", "a nan\n", "a +NaN\n", "a -nan\n", "a NaNs\n", "a 1\r\n"],
  ...[
    'a{b="c"}1\n',
    'a {b="c"} 1\n',
    'a{ b = "c" , } 1\n',
    'a{b="c"d="e"} 1\n',
    'a{b="c",,} 1\n',
    "a{,} 1\n",
    "a{} 1\n",
  ],
  ...['a{b="c\nd"} 1\n', 'a{b="\\\n"} 1\n', 'a{b="\\t"} 1\n', 'a{b="\\"} 1\n', "a{b='c'} 1\n", 'a{b:c="d"} 1\n'],
  ...[
    'a{b="\xff"} 1\n',
    'a{b="\xc3\xb6"} 1\n',
    'a{b="\xed\xa0\x80"} 1\n',
    'a{b="\xef\xbb\xbfx"} 1\n',
    "\xef\xbb\xbfa 1\n",
  ],
  ...[
    'a{b="\0"} 1\n',
    'a{b="\\\0n"} 1\n',
    'a{b=\0"c"} 1\n',
    'a{b="c"\0} 1\n',
    'a{b="c"\0\0,d="e"} 1\n',
    "a 1\0\n",
    "a\0 1\n",
    "\0\nb x\n",
    "a 1\n\0b 1\n",
    "a 1\n#\0\nb x\n",
  ],
  ...[
    "# \0\nb x\n",
    "# x\0\nb 1\n",
    "# HELP\n",
    "# HELP \n",
    "# HELP a\n",
    "# HELP a \n",
    "# HELP a\0b\n",
    "# HELP a b\n\0",
    "# HELP a b\n\0a 1\n",
    "# TYPE a counter\n\0a 1\n",
    "# HELP a \0b\n",
  ],
  ...["# HE\0LP a b\n", "# HELP\0 a b\n", "# HELP \0a b\n", "#HELP 9 x\n", "# HELP 9 x\n", "# HELPa x\n", "# help 9\n"],
  ...[
    "# HELP a.b c\n",
    "# HELP a \xff\n",
    "# TYPE a \xff\n",
    "# TYPE a counter\n",
    "# TYPE a  counter\n",
    "# TYPE a\n",
  ],
  ...["# TYPE a counter \n", "# TYPE a\tcounter\n", "#\tTYPE a counter\n", "# TYPE a unknown\n", "# TYPE a untyped\n"],
  ...[
    "# TYPE a.counter\n",
    "# TYPE a info\n",
    "# UNIT a s\n",
    "# UNIT a_s s\n",
    "# UNIT a_s\n",
    "# UNIT a_s \n",
    "# UNIT _s s\n",
  ],
  ...[
    'a{b="1",b="2"} 1\n',
    'a{__name__="b"} 1\n',
    '{__name__="b"} 1\n',
    'a{b=""} 1\n',
    "{} 1\n",
    "a{b} 1\n",
    "a 1\na 2\n",
  ],
  ...["a 1 # {} 1\n", 'a_total 1 # {b="c"} 1\n', 'a_total 1 # {b="c"} 1 2\n', 'a_total 1 2 # {b="c"} 1 2\n'],
  ...[
    'a_total 1 # {b="c",} 1\n',
    'a_total 1 # {b="c"}\n',
    'a_total 1 # {b="c"} 1 2 3\n',
    "a_total 1 # {b} 1\n",
    "a_total 1 #\n",
  ],
  ...[
    "# comment\n",
    "#\n",
    "# ",
    "#",
    "",
    "\n",
    " \n",
    "#comment",
    "a 1\n# a\nb 2",
    "a 1\n\n\nb 2\n",
    "a",
    "a ",
    "a{",
    'a{b="',
  ],
  ...['# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="x"} 3\nh_bucket 4\n'],
].flatMap((body) => [body, `${body}# EOF\n`, `ok 1\n${body}# EOF`, `${body}# EOF\n\n`]);

const GOOD_LINES = [
  'a_total{b="c",d="e\\n\\"\\\\"} 17.5 1520879607789\n',
  'a_total{b="c"} 1 # {id="x"} 5 1520879607.789\n',
  "# HELP a Some \\n help.\n",
  "# TYPE a counter\n",
  "# UNIT a_seconds seconds\n",
  '# TYPE h histogram\nh_bucket{le="+Inf"} 1\n',
  "a -1.5e-7\n",
  "# a comment\n",
  "# EOF\n",
];
const INSERTED = [
  ...' \t\n\r\0"\\{},=#:+-.e_1a',
  "NaN",
  "+Inf",
  "# ",
  "1e5",
  'x="y"',
  "\xff",
  "\xc3\xb6",
  "# EOF\n",
  "HELP ",
];

const lineWithMistake = fc
  .record({
    line: fc.constantFrom(...GOOD_LINES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(2),
    inserted: fc.constantFrom("", ...INSERTED),
  })
  .map(({ line, at, removed, inserted }) => {
    const place = Math.floor(at * line.length);
    return line.slice(0, place) + inserted + line.slice(place + removed);
  });

/** One mistake, rarely two, between lines that are good; the end may be missing. */
const bodyWithMistakes = fc
  .tuple(fc.constantFrom("", ...GOOD_LINES.slice(0, -1)), fc.array(lineWithMistake, { minLength: 1, maxLength: 2 }))
  .chain(([before, lines]) => fc.constantFrom("# EOF\n", "# EOF", "").map((end) => before + lines.join("") + end));
