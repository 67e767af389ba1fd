import { expect, test } from "vitest";
import { faultIn, readAll } from "./testing/read-all.ts";

/** The only sample of a body. */
const only = (body: string) => {
  const { samples } = readAll(body, "text");
  expect(samples).toHaveLength(1);
  return samples[0];
};
const fault = (body: string | Uint8Array): string | undefined => faultIn(body, "text");

test("samples, metadata and comments in all the ways that the format allows", () => {
  const read = readAll(
    [
      "# HELP rpc_seconds A summary.",
      "# \tTYPE rpc_seconds summary",
      'rpc_seconds{quantile="0"} 4.9351e-05',
      'rpc_seconds{ quantile = "0.5", a="b", } 7.424100000000001e-05',
      'rpc_seconds { quantile= "1.0"} 8.3835e-05',
      "# Hrandom comment that begins as HELP",
      "#",
      "",
      "  \t ",
      'wind{A="2",c="3"}12345',
      "# HELP nohelp1",
      "# HELP nohelp2 ",
      "# TYPE go_goroutines gauge",
      "go_goroutines 33  \t123123",
      "_a_1:b 1",
      'm{l="\\"bar\\"\\\\\\n\\x"} 1',
      "last +Inf",
    ].join("\n"),
    "text",
  );

  expect(read.metadata).toEqual([
    { kind: "help", family: "rpc_seconds", text: "A summary." },
    { kind: "type", family: "rpc_seconds", text: "summary" },
    { kind: "help", family: "nohelp1", text: "" },
    { kind: "help", family: "nohelp2", text: "" },
    { kind: "type", family: "go_goroutines", text: "gauge" },
  ]);
  expect(read.comments).toBe(2);
  expect(read.samples.map(({ labels, value, timestampMs }) => [labels, value, timestampMs])).toEqual([
    [{ __name__: "rpc_seconds", quantile: "0.0" }, 4.9351e-5, undefined],
    [{ __name__: "rpc_seconds", quantile: "0.5", a: "b" }, 7.424100000000001e-5, undefined],
    [{ __name__: "rpc_seconds", quantile: "1.0" }, 8.3835e-5, undefined],
    [{ __name__: "wind", A: "2", c: "3" }, 12345, undefined],
    [{ __name__: "go_goroutines" }, 33, 123123],
    [{ __name__: "_a_1:b" }, 1, undefined],
    [{ __name__: "m", l: '"bar"\\\n\\x' }, 1, undefined],
    [{ __name__: "last" }, Number.POSITIVE_INFINITY, undefined],
  ]);
});

test("quoted names of UTF-8, the metric's among the labels", () => {
  const read = readAll(
    [
      '# HELP "go.gc" Of "gc".',
      '# TYPE "go.gc" gauge',
      '{"go.gc",a="b"} 1',
      '{a="b","go.gc"} 1',
      '{"go.gc"} 1',
      'plain{"label.with.dots"="ö"} 1',
      '{"10€ \\"x\\" {y\\nz}", "strange©\\n"="6" , } 1',
    ].join("\n"),
    "text",
  );

  expect(read.metadata).toEqual([
    { kind: "help", family: "go.gc", text: 'Of "gc".' },
    { kind: "type", family: "go.gc", text: "gauge" },
  ]);
  expect(read.samples.map(({ labels }) => labels)).toEqual([
    { __name__: "go.gc", a: "b" },
    { __name__: "go.gc", a: "b" },
    { __name__: "go.gc" },
    { __name__: "plain", "label.with.dots": "ö" },
    { __name__: '10€ "x" {y\nz}', "strange©\n": "6" },
  ]);
});

test("what Prometheus refuses is refused, with the place", () => {
  expect(fault("a")).toBe('1:2: expected a value, got "\\n"');
  expect(fault("ok 1\na{b='c'} 1\n")).toBe('2:5: expected a label value in double quotes, got "\'"');
  expect(fault("a{b=\n")).toBe('1:5: expected a label value in double quotes, got "\\n"');
  expect(fault(Buffer.from('a{\xff="foo"} 1\n', "latin1"))).toBe('1:3: expected a label name or }, got "�"');
  expect(fault(Buffer.from('a{b="\xff"} 1\n', "latin1"))).toBe("1:6: a label's value is not UTF-8");
  expect(fault("a true\n")).toBe('1:3: "true" is no number');
  expect(fault('w{p="')).toBe('1:5: expected a label value in double quotes, got "\\""');
  expect(fault('e{=""} 0')).toBe('1:3: expected a label name or }, got "="');
  expect(fault("foo 1_2\n")).toBe('1:5: "1_2" is no number');
  expect(fault("foo 0x1p-3\n")).toBe('1:5: "0x1p-3" is no number');
  expect(fault("foo 0 1_2\n")).toBe('1:8: expected the end of the line after the timestamp, got "_"');
  expect(fault('{a="ok"} 1')).toBe("1:1: the series has no metric name");
  expect(fault("{} 1")).toBe("1:1: the series has no metric name");
  expect(fault("# TYPE #\n")).toBe('1:8: expected a metric name after # TYPE, got "#"');
  expect(fault("# HELP #\n")).toBe('1:8: expected a metric name after # HELP, got "#"');
  expect(fault("# TYPE a  counter\n")).toBe('1:10: " counter" is no metric type');
  expect(fault("# TYPE a\n")).toBe('1:9: "" is no metric type');
  expect(fault('a{"b","c"="d"} 1\n')).toBe("1:3: the series has a second metric name");
  expect(fault('{"a","b"} 1\n')).toBe("1:6: the series has a second metric name");
  expect(fault('a{b="1",,c="2"} 1\n')).toBe('1:9: expected a label name or }, got ","');
  expect(fault("a 1\r\nb 2\n")).toBe('1:3: "1\\r" is no number');
  expect(fault("a 1{")).toBe('1:4: expected a timestamp in milliseconds or the end of the line, got "{"');
  expect(fault("a 1 9223372036854775808")).toBe("1:5: the timestamp is out of range");
  expect(fault("ö 1")).toContain("1:1: expected a metric name or a comment");
  expect(fault(Buffer.from("# HELP a \xff\n", "latin1"))).toBe("1:10: the help is not UTF-8");
});

test("columns count UTF-16 units, lines count line breaks, also within strings", () => {
  expect(fault('a{b="ö€😀"} x\n')).toBe('1:13: "x" is no number');
  expect(fault('a{b="\n\n"} 1\nb x')).toBe('4:3: "x" is no number');
});

test("labels whose names are no names are refused", () => {
  expect(fault('{"",a="b"} 1')).toBe("1:3: a name is empty");
  expect(fault('a{""="b"} 1')).toBe("1:4: a name is empty");
  expect(fault('a{b="1",b="2"} 1')).toBe('1:9: the label "b" is given twice');
  expect(fault('a{__name__="b"} 1')).toBe('1:3: the label "__name__" is given twice');
  expect(fault(Buffer.from('{"a\xff"} 1\n', "latin1"))).toBe("1:3: a name is not UTF-8");
});

test("an empty label value is an absent label", () => {
  expect(only('a{b="",c="d"} 1')?.labels).toEqual({ __name__: "a", c: "d" });
});

// The following are textparse's ways, which expfmt's parser (promtool check metrics) does not share.

test("textparse, not expfmt: line breaks in label values are taken as they are", () => {
  expect(only('a{b="x\ny"} 1')?.labels).toEqual({ __name__: "a", b: "x\ny" });
});

test("textparse, not expfmt: commas between labels may be missing", () => {
  expect(only('a{b="c"d="e"} 1')?.labels).toEqual({ __name__: "a", b: "c", d: "e" });
});

test("textparse, not expfmt: a backslash before any character but a line break stands for itself", () => {
  expect(only('a{b="\\t\\q"} 1')?.labels).toEqual({ __name__: "a", b: "\\t\\q" });
  expect(fault('a{b="\\\n"} 1')).toContain("1:5: expected a label value");
});

test("textparse, not expfmt: timestamps have no sign", () => {
  expect(fault("a 1 -5")).toContain("1:5: expected a timestamp");
  expect(fault("a 1 +5")).toContain("1:5: expected a timestamp");
});

test("textparse, not expfmt: the same family's metadata may come twice, and anywhere", () => {
  expect(fault("# TYPE a counter\na 1\n# TYPE a gauge\n# HELP a x\n# HELP a y\n")).toBeUndefined();
});

test("textparse, not expfmt: histograms and summaries may lack their labels, and have strange ones", () => {
  const body = '# TYPE h histogram\nh_bucket 1\nh_bucket{le="x"} 1\n';
  expect(readAll(body, "text").samples.map(({ labels }) => labels)).toEqual([
    { __name__: "h_bucket" },
    { __name__: "h_bucket", le: "x" },
  ]);
});

test("textparse, not expfmt: spaces before a metric's name are a part of it", () => {
  expect(only("  a 1")?.labels).toEqual({ __name__: "  a" });
  expect(only('  {"a"} 1')?.labels).toEqual({ __name__: "a" });
});

test("NUL bytes are text in values and help, end the body where a line begins, and are refused elsewhere", () => {
  expect(only('a{b="x\0"} 1')?.labels).toEqual({ __name__: "a", b: "x\0" });
  expect(only('a{b="\0"} 1')?.labels).toEqual({ __name__: "a", b: "\0" });
  expect(only('a{b="\\\0n"} 1')?.labels).toEqual({ __name__: "a", b: "\\\0n" });
  expect(readAll("# HELP a x\0y\n# a \0 comment\n", "text").metadata[0]?.text).toBe("x\0y");
  expect(only("a 1\n\0\nb x")?.value).toBe(1);
  expect(only("a 1\n#\0\nb x")?.value).toBe(1);
  expect(only("a 1\n# \0\nb x")?.value).toBe(1);
  for (const body of ['a{b=\0"x"} 1', 'a{b="\0', 'a{b\0="x"} 1', 'a\0{b="x"} 1', "a 0 1\0", "a 1\0", "# HELP a\0x\n"]) {
    expect(fault(body), JSON.stringify(body)).toBeDefined();
  }
});
