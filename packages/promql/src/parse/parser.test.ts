import fc from "fast-check";
import { expect, test } from "vitest";
import { prettyQuery, printQuery } from "../print/print.ts";
import { PromqlParseError } from "../promql-error.ts";
import { MAX_CHAIN, MAX_DEPTH, parseQuery } from "./parser.ts";

/** The tree, written with all its parentheses. */
function grouped(query: string): string {
  const walk = (expr: ReturnType<typeof parseQuery>): string => {
    switch (expr.kind) {
      case "binary":
        return `(${walk(expr.left)} ${expr.operator} ${walk(expr.right)})`;
      case "unary":
        return `(${expr.operator}${walk(expr.expr)})`;
      case "paren":
        return walk(expr.expr);
      default:
        return printQuery(expr);
    }
  };
  return walk(parseQuery(query));
}

test.each([
  ["-1^2", "(-(1 ^ 2))"],
  ["2^3^2", "(2 ^ (3 ^ 2))"],
  ["2^-1*3", "((2 ^ -1) * 3)"],
  ["1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"],
  ["a or b and c", "(a or (b and c))"],
  ["a unless b and c", "((a unless b) and c)"],
  ["a == b + c > d", "((a == (b + c)) > d)"],
  ["a * b % c atan2 d", "(((a * b) % c) atan2 d)"],
  ["-a * b", "((-a) * b)"],
  ["a + -b offset 5m", "(a + (-b offset 5m))"],
])("%s is read as %s", (query, tree) => {
  expect(grouped(query)).toBe(tree);
});

test.each([
  ["1.", "1"],
  ["0x1F", "31"],
  ["017", "15"],
  ["08", "8"],
  ["1_000", "1000"],
  ["1e-7", "1e-07"],
  ["-Inf", "-Inf"],
  ["NaN", "NaN"],
  ["1h30m", "5400"],
  ["'it''s'", undefined],
  [`'a"b\\x41\\u00e9\\377'`, undefined],
  ["`raw\\n`", '"raw\\\\n"'],
  ["'\\''", `"'"`],
])("the literal %s is printed as %s", (query, printed) => {
  if (printed === undefined) return;
  expect(printQuery(parseQuery(query))).toBe(printed);
});

test.each([
  ["sum(foo) by (a)", "sum by (a) (foo)"],
  ["SUM BY (a) (foo)", "sum by (a) (foo)"],
  ["foo{a='b',}", 'foo{a="b"}'],
  ['{"my metric", "a.b"=~"c"}', '{"my metric","a.b"=~"c"}'],
  ["foo[300]", "foo[5m]"],
  ["foo[1h:] offset -5m @ start()", "foo[1h:] @ start() offset -5m"],
  ["foo @ 1609746000.5", "foo @ 1609746000.500"],
  ["a + on(x) group_left(y) b", "a + on (x) group_left (y) b"],
  ["a > bool ignoring(x) b", "a > bool ignoring (x) b"],
  ["min_over_time(rate(foo[5m])[1h:1m])", "min_over_time(rate(foo[5m])[1h:1m])"],
  ["foo # a comment\n+ bar", "foo + bar"],
  ["start", "start"],
  ["on + by", undefined],
])("%s is printed as %s", (query, printed) => {
  if (printed === undefined) expect(() => parseQuery(query)).toThrow(PromqlParseError);
  else expect(printQuery(parseQuery(query))).toBe(printed);
});

test.each([
  ["", "1:1: parse error: no expression found in input"],
  ["rate(foo)", '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
  ["1 > 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"],
  ["a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"],
  ["foo and 1", '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ["foo + on(a) 1", "1:1: parse error: vector matching only allowed between instant vectors"],
  ["a and on(x) group_left b", '1:1: parse error: no grouping allowed for "and" operation'],
  ["{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"],
  ['{a=~".*"}', "1:1: parse error: vector selector must contain at least one non-empty matcher"],
  ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
  ["sum(foo))", "1:10: parse error: unexpected right parenthesis ')'"],
  ["nope(1)", '1:1: parse error: unknown function with name "nope"'],
  ["abs(1, 2)", '1:1: parse error: expected 1 argument(s) in call to "abs", got 2'],
  ["round()", '1:1: parse error: expected at least 1 argument(s) in call to "round", got 0'],
  ["rate(foo[5m]) offset 5m", /offset modifier must be preceded by an instant vector selector/],
  ["foo offset 1m [5m]", "1:15: parse error: no offset modifiers allowed before range"],
  ["foo[5m] offset 1m offset 1m", /offset may not be set multiple times/],
  ["foo[0s]", "1:5: parse error: duration must be greater than 0"],
  ["foo[5m", "1:7: parse error: unclosed left bracket"],
  ["foo[", "1:5: parse error: unexpected end of input in duration expression"],
  ["(", "1:2: parse error: unclosed left parenthesis"],
  ["sum(foo[5m", "1:11: parse error: unclosed left parenthesis"],
  ["foo{", "1:5: parse error: unexpected end of input inside braces"],
  ["foo{a='b' # c", "1:14: parse error: unexpected end of input inside braces"],
  ["foo)", "1:5: parse error: unexpected right parenthesis ')'"],
  ["foo]", "1:4: parse error: unexpected right bracket ']'"],
  ["foo bar $", '1:5: parse error: unexpected identifier "bar"'],
  ["1 +", "1:4: parse error: unexpected end of input"],
  ["on", "1:1: parse error: unexpected <on>"],
  ["foo ON (a) foo", "1:5: parse error: unexpected <ON>"],
  ["foo sum", "1:5: parse error: unexpected <aggr:sum>"],
  ["* foo", "1:1: parse error: unexpected <op:*>"],
  ["1 + atan2", "1:5: parse error: unexpected <op:atan2>"],
  ["foo start", '1:5: parse error: unexpected "start"'],
  ["foo a:b", '1:5: parse error: unexpected metric identifier "a:b"'],
  ["foo fill", '1:5: parse error: unexpected identifier "fill"'],
  ["foo fill (1)", "1:5: parse error: unexpected <fill>"],
  ["foo 'a long string'", /1:5: parse error: unexpected string "'a long st"\.\.\.$/],
  ["foo{on}", '1:7: parse error: unexpected "}" in label matching, expected label matching operator'],
  ["foo{a on}", '1:7: parse error: unexpected identifier "on" in label matching, expected label matching operator'],
  ["a + on(x) group_left(x) b", '1:3: parse error: label "x" must not occur in ON and GROUP clause at once'],
  ["foo\n  + bar bar", '2:9: parse error: unexpected identifier "bar"'],
  ["1abc", '1:1: parse error: bad number or duration syntax: "1abc"'],
  ["5m1h", '1:1: parse error: not a valid duration string: "5m1h"'],
  ['"abc', "1:1: parse error: unterminated quoted string"],
  ['"\\q"', /unknown escape sequence/],
  ["foo{a=~'('}", "1:5: parse error: error parsing regexp: missing closing ): `^(?s:()$`"],
  ["topk(foo)", /wrong number of arguments for aggregate expression provided, expected 2, got 1/],
  ["foo $ bar", "1:5: parse error: unexpected character: '$'"],
])("%s is refused: %s", (query, message) => {
  expect(() => parseQuery(query)).toThrow(message);
});

/** By kind of refusal, after the cases of Prometheus's own parser tests. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "what is no token": [
    "up $ 1",
    "up ! 1",
    "1..5",
    "0x",
    "1e",
    "5hm",
    "1_",
    "`raw",
    "'a",
    '"\\400"',
    '"\\u12"',
    "up{a~'b'}",
    "up &&",
  ],
  "a literal that does not fit": [
    `1${"0".repeat(400)}`,
    "up[300y]",
    "up offset 400y",
    "up offset inf",
    "up @ Inf",
    "up @ 1e30",
  ],
  "an operator without its sides": [
    "",
    "# nothing",
    "1 +",
    "* up",
    "up and",
    "(",
    ")",
    "(up",
    "up)",
    "up up",
    "1 1",
    "-",
  ],
  "types that do not fit": [
    ...[
      "rate(up)",
      "sum(1)",
      "abs('a')",
      "-'a'",
      "-up[5m]",
      "up[5m] + 1",
      "'a' + 1",
      "topk(up, up)",
      "count_values(1, up)",
    ],
    ...["1 and 2", "up or 1", "1 > 2", "1 + bool 2", "up[5m:1m] * 2", "rate(up[5m])[5m]", "vector(up)", "scalar(1)"],
  ],
  "matching that cannot be": [
    ...[
      "up + on(a) 1",
      "1 + ignoring(a) up",
      "up + on a up",
      "up + on('') up",
      "up + group_left up",
      "up + on(a) group_left(a) up",
    ],
    ...[
      "up or on() group_left up",
      "up + on(1) up",
      "up + on(inf) up",
      "up + by(a) up",
      "up + bool up",
      "up == bool bool up",
    ],
  ],
  "fill where there is nothing to fill": [
    ...[
      "up + fill(0) 1",
      "1 + fill_left(0) up",
      "up and fill(0) up",
      "up + fill() up",
      "up + fill(up) up",
      "up + fill(--1) up",
    ],
    ...["up + fill(0) fill_left(1) up", "up + fill_left(0) fill_left(1) up", "up + fill('0') up", "fill(0)"],
  ],
  "ranges and steps": [
    ...[
      "up[]",
      "up[5m",
      "up[0]",
      "up[-1m]",
      "up[5m:0s]",
      "up[:1m]",
      "up[5m:1m:1s]",
      "up['5m']",
      "up[up]",
      "1[5m]",
      "'a'[5m]",
    ],
    ...[
      "up[5m][5m]",
      "up offset 1m [5m]",
      "up @ 1 [5m]",
      "up @ end() [5m]",
      "up offset (1m) [5m]",
      "(up)[5m]",
      "sum(up)[5m]",
    ],
  ],
  "durations that cannot be worked out": [
    ...[
      "up[5m/0]",
      "up[5m%0s]",
      "up[5m*]",
      "up[(5m]",
      "up[5m)]",
      "up[step]",
      "up[step(1)]",
      "up[min_of(1m)]",
      "up[max_of(1m,2m,3m)]",
    ],
    ...[
      "up[min(1m,2m)]",
      "up[5m 5m]",
      "up offset (",
      "up offset step",
      "up offset *5m",
      "up[5m and 1m]",
      "up[5m:5m/0]",
    ],
  ],
  "offsets and times": [
    ...[
      "1 offset 1m",
      "sum(up) offset 1m",
      "up offset",
      "up offset 1m offset 1m",
      "up offset up",
      "up offset '1m'",
      "up @",
      "up @ up",
    ],
    ...[
      "up @ 1 @ 2",
      "up @ start() @ end()",
      "up @ start",
      "up @ now()",
      "sum(up) @ 1",
      "up @ (1)",
      "up offset (1m) offset (1m)",
    ],
  ],
  "anchored and smoothed": [
    ...[
      "1 anchored",
      "sum(up) smoothed",
      "up[5m:1m] anchored",
      "up anchored smoothed",
      "up[5m] smoothed anchored",
      "1[5m] smoothed",
    ],
  ],
  matchers: [
    ...[
      "{}",
      "{a=''}",
      "{a=~'.*'}",
      "{a!='b'}",
      "up{",
      "up{a}",
      "up{a=}",
      "up{a=1}",
      "up{a='b' c='d'}",
      "up{,}",
      "up{a='b',,}",
    ],
    ...["up{1='a'}", "up{a=~'('}", "up{__name__='b'}", "up{'b'}", "{''}", "up{{a='b'}}", "up}", "up{a=='b'}"],
  ],
  calls: [
    ...[
      "nope()",
      "Rate(up[5m])",
      "abs()",
      "abs(up, up)",
      "abs(up,)",
      "abs(,up)",
      "abs(up up)",
      "time(1)",
      "label_join(up, 'a')",
    ],
    ...[
      "histogram_quantiles(up, 'q')",
      `histogram_quantiles(up, 'q'${", 1".repeat(11)})`,
      "round(up, 1, 2)",
      "a:b(up)",
    ],
  ],
  "the matchers of info()": [
    "info(up, target_info)",
    "info(up, sum(up))",
    "info(up, 1)",
    "info(up, up[5m])",
    "info(1, {a='b'})",
    "info(up, (up))",
  ],
  aggregations: [
    ...[
      "sum()",
      "sum(up, up)",
      "topk(up)",
      "topk(1, 2, up)",
      "sum by up",
      "sum by (a",
      "sum by (a b) (up)",
      "sum by (a) by (b) (up)",
    ],
    ...[
      "sum by (1) (up)",
      "sum by ('') (up)",
      "sum by (a:b) (up)",
      "sum by (nan) (up)",
      "quantile('a', up)",
      "sum(up) without",
    ],
  ],
  "words that are no metrics": ["on", "bool + 1", "group_left", "ignoring", "atan2", "up unless unless unless"],
};

test.each(Object.entries(REFUSED).flatMap(([kind, queries]) => queries.map((query) => [kind, query] as const)))(
  "%s: %s is refused",
  (_, query) => {
    expect(() => parseQuery(query)).toThrow(PromqlParseError);
  },
);

test.each([
  ["up[5m * 2]", "up[5m * 2]"],
  ["up[-5m+35m]", "up[-5m + 35m]"],
  ["up[2^3^2]", "up[2 ^ 3 ^ 2]"],
  ["up[(5m)]", "up[(5m)]"],
  ["up[STEP()+range()]", "up[step() + range()]"],
  ["up[min_of(step(), 1h):max_of(1m,5)]", "up[min_of(step(), 1h):max_of(1m, 5)]"],
  ["up offset -(1m+30s)", "up offset -(1m + 30s)"],
  ["up offset 1m + 30", "up offset 1m + 30"],
  ["up offset -2^2", "up offset -2s ^ 2"],
  ["up[5m]smoothed offset 1m @ 10", "up[5m] smoothed @ 10.000 offset 1m"],
  ["up anchored", "up anchored"],
  ["a + fill(0) b", "a + fill (0) b"],
  ["a + on(x) group_left fill_right(-1) fill_left(2) b", "a + on (x) group_left () fill_left (2) fill_right (-1) b"],
  ["a + fill_left(NaN) fill_right(NaN) b", "a + fill (NaN) b"],
  ["fill + fill_left", "fill + fill_left"],
  ["a </ 5 >/ b", "a </ 5 >/ b"],
  ["info(up, {__name__=~'.+_info', a=~'.*'})", 'info(up, {__name__=~".+_info",a=~".*"})'],
  ["{'a', 'b'}", '{"a",__name__="b"}'],
  ["{'a', __name__=~'a|b'}", '{"a",__name__=~"a|b"}'],
  ["a + ignoring() b", "a + b"],
  ["a + on() 1", "a + 1"],
  ["sum + by + start", "sum + by + start"],
  ["anchored smoothed", "anchored smoothed"],
])("%s is read, and printed as %s", (query, printed) => {
  expect(printQuery(parseQuery(query))).toBe(printed);
  expect(printQuery(parseQuery(printed))).toBe(printed);
});

test("a long query is broken into lines, and is the same when it is read again", () => {
  const query =
    'topk by (venue) (5, rate(orders_total{venue="cex"}[step() * 2] anchored)) / on (venue) fill_right (1) limit';

  const lines = prettyQuery(parseQuery(query), 40);

  expect(lines).toBe(`  topk by (venue) (
    5,
    rate(
      orders_total{venue="cex"}[step() * 2] anchored
    )
  )
/ on (venue) fill_right (1)
  limit`);
  expect(printQuery(parseQuery(lines))).toBe(query);
});

test("a query that is nested too deep is refused, not a crash", () => {
  expect(() => parseQuery(`${"(".repeat(100_000)}1${")".repeat(100_000)}`)).toThrow(/nested more than/);
  expect(() => parseQuery(`${"-".repeat(100_000)}1`)).toThrow(/nested more than/);
  expect(() => parseQuery(Array(100_000).fill("1").join("^"))).toThrow(/nested more than/);
  expect(parseQuery(`${"(".repeat(MAX_DEPTH - 2)}1${")".repeat(MAX_DEPTH - 2)}`).kind).toBe("paren");
  expect(parseQuery(Array(MAX_CHAIN).fill("1").join("+")).kind).toBe("binary");
  expect(() => parseQuery(Array(100_000).fill("1").join("+"))).toThrow(/operators in a row/);
});

test("whatever is given, it is read or refused with a place in it", () => {
  const piece = fc.constantFrom(
    ...[
      "foo",
      "(",
      ")",
      "{",
      "}",
      "[",
      "]",
      "5m",
      "1",
      '"a"',
      "=",
      "=~",
      ",",
      "+",
      "-",
      "^",
      "by",
      "sum",
      "rate",
      "offset",
      "@",
      ":",
    ],
    ...[" ", "\n", "#", "'", "`", "\\", "bool", "on", "group_left", "and", "é", "\ud800", "0x", "1e", "start()"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const query = pieces.join("");
      try {
        const printed = printQuery(parseQuery(query));
        expect(printQuery(parseQuery(printed))).toBe(printed);
      } catch (error) {
        if (!(error instanceof PromqlParseError)) throw error;
        expect(error.span.start).toBeGreaterThanOrEqual(0);
        expect(error.span.start).toBeLessThanOrEqual(query.length);
      }
    }),
    { numRuns: 3000 },
  );
});
