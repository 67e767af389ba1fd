import fc from "fast-check";
import { expect, test } from "vitest";
import { printQuery } from "../print/print.ts";
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
  ["1 > 2", "1:1: parse error: comparisons between scalars must use BOOL modifier"],
  ["a + bool b", "1:1: parse error: bool modifier can only be used on comparison operators"],
  ["foo and 1", '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ["foo + on(a) 1", "1:1: parse error: vector matching only allowed between instant vectors"],
  ["a and on(x) group_left b", '1:13: parse error: no grouping allowed for "and" operation'],
  ["{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"],
  ['{a=~".*"}', "1:1: parse error: vector selector must contain at least one non-empty matcher"],
  ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
  ["sum(foo))", '1:9: parse error: unexpected ")"'],
  ["nope(1)", '1:1: parse error: unknown function with name "nope"'],
  ["abs(1, 2)", '1:1: parse error: expected 1 argument(s) in call to "abs", got 2'],
  ["round()", '1:1: parse error: expected at least 1 argument(s) in call to "round", got 0'],
  ["rate(foo[5m]) offset 5m", /offset modifier must be preceded by an instant vector selector/],
  ["foo offset 1m [5m]", "1:15: parse error: no offset modifiers allowed before range"],
  ["foo[5m] offset 1m offset 1m", /offset may not be set multiple times/],
  ["foo[0s]", "1:5: parse error: duration must be greater than 0"],
  ["foo[5m", /unexpected end of input in subquery or range, expected ":" or "]"/],
  ["foo\n  + bar bar", '2:9: parse error: unexpected identifier "bar"'],
  ["1abc", '1:1: parse error: bad number or duration syntax: "1abc"'],
  ["5m1h", '1:1: parse error: not a valid duration string: "5m1h"'],
  ['"abc', "1:1: parse error: unterminated quoted string"],
  ['"\\q"', /unknown escape sequence/],
  ["foo{a=~'('}", /1:8: parse error: invalid regular expression: .*missing/],
  ["topk(foo)", /wrong number of arguments for aggregate expression provided, expected 2, got 1/],
  ["foo $ bar", "1:5: parse error: unexpected character: '$'"],
])("%s is refused: %s", (query, message) => {
  expect(() => parseQuery(query)).toThrow(message);
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
