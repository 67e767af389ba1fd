import { expect, test } from "vitest";
import { faultIn, readAll } from "./testing/read-all.ts";

const fault = (body: string | Uint8Array): string | undefined => faultIn(body, "openmetrics");

test("samples, metadata and exemplars", () => {
  const read = readAll(
    [
      '# HELP rpc_seconds A \\\\ \\n \\" \\x.',
      "# TYPE rpc_seconds summary",
      "# UNIT rpc_seconds seconds",
      "# UNIT none ",
      'rpc_seconds{quantile="0"} 4.9351e-05',
      'rpc_seconds{quantile="0.5",a="b",} 1 123.123',
      "# TYPE h histogram",
      'h_bucket{le="+Inf"} 1 # {id="x"} 4',
      'h_bucket{le="10000000"} 1 # {} -0.5 123.321',
      "# TYPE foo counter",
      'foo_total 17.0 1520879607.789 # {id="counter",b="\\n"} 5 1520879607.789',
      "foo_created 1520872607.123",
      "# TYPE s stateset",
      "s NaN",
      "# EOF",
    ].join("\n"),
    "openmetrics",
  );

  expect(read.metadata).toEqual([
    { kind: "help", family: "rpc_seconds", text: 'A \\ \n " \\x.' },
    { kind: "type", family: "rpc_seconds", text: "summary" },
    { kind: "unit", family: "rpc_seconds", text: "seconds" },
    { kind: "unit", family: "none", text: "" },
    { kind: "type", family: "h", text: "histogram" },
    { kind: "type", family: "foo", text: "counter" },
    { kind: "type", family: "s", text: "stateset" },
  ]);
  expect(read.samples.map(({ text: _, ...sample }) => sample)).toEqual([
    { labels: { __name__: "rpc_seconds", quantile: "0.0" }, value: 4.9351e-5 },
    { labels: { __name__: "rpc_seconds", quantile: "0.5", a: "b" }, value: 1, timestampMs: 123_123 },
    {
      labels: { __name__: "h_bucket", le: "+Inf" },
      value: 1,
      exemplar: { labels: { id: "x" }, value: 4, timestampMs: undefined },
    },
    {
      labels: { __name__: "h_bucket", le: "1e+07" },
      value: 1,
      exemplar: { labels: {}, value: -0.5, timestampMs: 123_321 },
    },
    {
      labels: { __name__: "foo_total" },
      value: 17,
      timestampMs: 1_520_879_607_789,
      exemplar: { labels: { id: "counter", b: "\n" }, value: 5, timestampMs: 1_520_879_607_789 },
    },
    { labels: { __name__: "foo_created" }, value: 1_520_872_607.123 },
    { labels: { __name__: "s" }, value: Number.NaN },
  ]);
});

test("quoted names of UTF-8", () => {
  const body = '# TYPE "go.gc_s" gauge\n# UNIT "go.gc_s" s\n{"go.gc_s",a="b"} 1\n{q="1","http.status"} 1\n# EOF\n';

  expect(readAll(body, "openmetrics").samples.map(({ labels }) => labels)).toEqual([
    { __name__: "go.gc_s", a: "b" },
    { __name__: "http.status", q: "1" },
  ]);
});

test("the end must be there, and be the end", () => {
  expect(fault("# EOF")).toBeUndefined();
  expect(fault("# EOF\n")).toBeUndefined();
  expect(fault("")).toBe("1:1: the body does not end with # EOF");
  expect(fault("a 1\n")).toBe("2:1: the body does not end with # EOF");
  expect(fault("a 1")).toBe("1:4: the body does not end with # EOF");
  expect(fault('a_total 1 # {a="b"} 4')).toBe("1:22: the body does not end with # EOF");
  expect(fault("# EOF\na 1")).toBe("2:1: there is more after # EOF");
  expect(fault("# EOF\n\n")).toBe("2:1: there is more after # EOF");
  expect(fault("# EOFa 1")).toBe("1:6: there is more after # EOF");
});

test("what Prometheus refuses is refused, with the place", () => {
  const refused: readonly (readonly [body: string, place: string])[] = [
    ["\n# EOF\n", "1:1"],
    ["metric", "1:7"],
    ["a\n# EOF\n", "1:2"],
    [" a 1\n# EOF\n", "1:1"],
    ["9\n# EOF\n", "1:1"],
    ["# TYPE u untyped\n# EOF\n", "1:10"],
    ["# TYPE c counter \n# EOF\n", "1:10"],
    ["#  TYPE c counter\n# EOF\n", "1:1"],
    ["# TYPE \n# EOF\n", "1:8"],
    ["# TYPE m\n# EOF\n", "1:9"],
    ["# UNIT metric suffix\n# EOF\n", "1:15"],
    ["# UNIT metricsuffix suffix\n# EOF\n", "1:21"],
    ["# UNIT suffix suffix\n# EOF\n", "1:15"],
    ["# HELP m\n# EOF\n", "1:9"],
    ["# HELP m text", "1:9"],
    ["# a comment\n# EOF\n", "1:1"],
    ["#\n# EOF\n", "1:1"],
    ["a\t1\n# EOF\n", "1:2"],
    ["a 1\t2\n# EOF\n", "1:3"],
    ["a  1\n# EOF\n", "1:2"],
    ["a 1 \n# EOF\n", "1:4"],
    ["a 1 2 \n# EOF\n", "1:6"],
    ["a 1 2 #\n# EOF\n", "1:6"],
    ["a 1 1z\n# EOF\n", "1:5"],
    ["a 1 1 1\n# EOF\n", "1:6"],
    ["a 1 NaN\n# EOF\n", "1:5"],
    ["a 1 -Inf\n# EOF\n", "1:5"],
    ["a 1_0\n# EOF\n", "1:3"],
    ["a 0x1p-3\n# EOF\n", "1:3"],
    ["a{b='c'} 1\n# EOF\n", "1:5"],
    ['a{,b="c"} 1\n# EOF\n', "1:3"],
    ['a{b="c"d="e"} 1\n# EOF\n', "1:8"],
    ['a{b="c",,d="e"} 1\n# EOF\n', "1:9"],
    ['a{b="c", d="e"} 1\n# EOF\n', "1:9"],
    ['a {b="c"} 1\n# EOF\n', "1:3"],
    ['a{b="c"}1\n# EOF\n', "1:9"],
    ['a{b="\n"} 1\n# EOF\n', "1:5"],
    ['{"a","b = "c"}\n# EOF\n', "1:12"],
    ['{b="c",} 1\n# EOF\n', "1:1"],
    ["{foo} 1\n# EOF\n", "1:5"],
    ["a 1 # {a=b} 1\n# EOF\n", "1:10"],
    ['a 1 # {a="b"}\n# EOF\n', "1:14"],
    ["a 1 # {bb} 1\n# EOF\n", "1:10"],
    ['a 1 # {"bb"} 1\n# EOF\n', "1:12"],
    ['a 1 # {a="b",,c="d"} 1\n# EOF\n', "1:14"],
    ['a 1 # {a="b"} 1_2\n# EOF\n', "1:15"],
    ['a 1 # {a="b"} 4 NaN\n# EOF\n', "1:17"],
    ['a 1 # {a="b"} 4 5 6\n# EOF\n', "1:18"],
    ['a 1 # {a="\0"} 1\n# EOF\n', "1:10"],
    ['a 1 #  {a="b"} 1\n# EOF\n', "1:5"],
  ];
  for (const [body, place] of refused) expect(fault(body)?.split(": ")[0], JSON.stringify(body)).toBe(place);
});

test("NUL bytes are text in values and help, and refused elsewhere", () => {
  expect(fault('a{b="x\0"} 1\n# HELP a \0\n# EOF\0\n')).toBeUndefined();
  expect(fault("# HELP a x\n\0a 1\n# EOF\n")).toBeUndefined();
  expect(fault('a{b="x"\0} 1\n# EOF\n')).toBeUndefined();
  for (const body of ['a{b=\0"x"} 1\n', 'a{b\0="x"} 1\n', 'a\0{b="x"} 1\n', "\0", "a 1\0\n", "# EOF\n\0a"]) {
    expect(fault(`${body}# EOF\n`), JSON.stringify(body)).toBeDefined();
  }
});
