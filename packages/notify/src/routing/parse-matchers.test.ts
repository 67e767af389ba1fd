import type { LabelMatcher, MatchOperator } from "@haltwatch/store/labels";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseClassicMatchers } from "./classic-matchers.ts";
import { Matchers } from "./matcher.ts";
import { parseMatchers } from "./parse-matchers.ts";
import { parseUtf8Matchers } from "./utf8-matchers.ts";

type Written = readonly [name: string, operator: MatchOperator, value: string];

/** Cases of Alertmanager's own tests: pkg/labels/parse_test.go. */
const CLASSIC: readonly (readonly [input: string, matchers: readonly Written[]])[] = [
  ['{foo="bar"}', [["foo", "=", "bar"]]],
  ['{foo=~"bar.*"}', [["foo", "=~", "bar.*"]]],
  ['{foo!="bar"}', [["foo", "!=", "bar"]]],
  ['{foo!~"bar.*"}', [["foo", "!~", "bar.*"]]],
  [
    '{foo="bar", baz!="quux"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!=", "quux"],
    ],
  ],
  [
    '{foo="bar",baz!~".*quux", derp="wat"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!~", ".*quux"],
      ["derp", "=", "wat"],
    ],
  ],
  ['{foo=""}', [["foo", "=", ""]]],
  [
    '{foo="bar,quux", job="job1"}',
    [
      ["foo", "=", "bar,quux"],
      ["job", "=", "job1"],
    ],
  ],
  [
    '{foo = "bar", dings != "bums", }',
    [
      ["foo", "=", "bar"],
      ["dings", "!=", "bums"],
    ],
  ],
  [
    "foo=bar,dings!=bums",
    [
      ["foo", "=", "bar"],
      ["dings", "!=", "bums"],
    ],
  ],
  [
    '{quote="She said: \\"Hi, ladies! That\'s gender-neutral…\\""}',
    [["quote", "=", 'She said: "Hi, ladies! That\'s gender-neutral…"']],
  ],
  ['statuscode=~"5.."', [["statuscode", "=~", "5.."]]],
  ["tricky=~~~", [["tricky", "=~", "~~"]]],
  ['trickier==\\\\=\\=\\"', [["trickier", "=", '=\\=\\="']]],
  [
    'contains_quote != "\\"" , contains_comma !~ "foo,bar" , ',
    [
      ["contains_quote", "!=", '"'],
      ["contains_comma", "!~", "foo,bar"],
    ],
  ],
];

const CLASSIC_FAULTS = [
  "job=",
  'job="value',
  'job=value"',
  'trickier==\\\\=\\=\\""',
  'contains_unescaped_quote = foo"bar',
  '{invalid-name = "valid label"}',
  '"{foo=\\"bar"}',
  '"foo=\\"bar"',
  '"foo=\\"bar\\""',
  '"foo=\\"bar\\"',
  '"{foo=\\"bar\\"}"',
  '"foo="bar""',
];

/** matchers/parse/parse_test.go */
const UTF8: readonly (readonly [input: string, matchers: readonly Written[]])[] = [
  ["", []],
  ["{}", []],
  ['{foo="🙂"}', [["foo", "=", "🙂"]]],
  ["{foo=bar}", [["foo", "=", "bar"]]],
  ['foo="bar",', [["foo", "=", "bar"]]],
  ['{foo="bar\\n"}', [["foo", "=", "bar\n"]]],
  ['{foo="bar\\t"}', [["foo", "=", "bar\t"]]],
  ['{foo="\\"bar\\""}', [["foo", "=", '"bar"']]],
  ['{foo="bar\\\\"}', [["foo", "=", "bar\\"]]],
  ['{foo!~"[a-z]+"}', [["foo", "!~", "[a-z]+"]]],
  [
    "{foo=bar,bar!=baz}",
    [
      ["foo", "=", "bar"],
      ["bar", "!=", "baz"],
    ],
  ],
  ['"foo with spaces"="\\u00e4"', [["foo with spaces", "=", "ä"]]],
  ["föö=bar", [["föö", "=", "bar"]]],
];

const UTF8_FAULTS = [
  "{",
  "}",
  'foo="bar"}',
  '{foo="bar"',
  '{foo=:"bar"}',
  '{foo="bar\\w"}',
  "foo",
  "foo=",
  ",",
  "foo=bar bar=baz",
];

describe("matchers as Alertmanager reads them", () => {
  test.each(CLASSIC)("older syntax: %s", (input, matchers) => {
    expect(parseClassicMatchers(input)).toEqual({ kind: "matchers", matchers: matchers.map(matcherOf) });
    expect(parseMatchers(input)).toEqual({ kind: "matchers", matchers: matchers.map(matcherOf) });
  });

  test.each(CLASSIC_FAULTS)("no matcher in the older syntax: %s", (input) => {
    expect(parseClassicMatchers(input).kind).toBe("fault");
  });

  test.each(UTF8)("newer syntax: %s", (input, matchers) => {
    expect(parseUtf8Matchers(input)).toEqual({ kind: "matchers", matchers: matchers.map(matcherOf) });
  });

  test.each(UTF8_FAULTS)("no matcher in the newer syntax: %s", (input) => {
    expect(parseUtf8Matchers(input).kind).toBe("fault");
  });

  test("a pattern that is none is a fault", () => {
    expect(parseMatchers('{foo=~"invalid[regexp"}').kind).toBe("fault");
  });

  test("what is printed is read back as the same", () => {
    const operator = fc.constantFrom<MatchOperator>("=", "!=");
    const matcher = fc.record({
      name: fc.string({ minLength: 1, unit: "binary" }),
      operator,
      value: fc.string({ unit: "binary" }),
    });

    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (matchers) => {
        expect(parseUtf8Matchers(`${new Matchers(matchers.map(quotable))}`)).toEqual({
          kind: "matchers",
          matchers: matchers.map(quotable),
        });
      }),
    );
  });
});

function matcherOf([name, operator, value]: Written): LabelMatcher {
  return { name, operator, value };
}

/** A name that is written in quotes has its value escaped as Go does; others hold what needs no escape. */
function quotable({ name, operator, value }: LabelMatcher): LabelMatcher {
  return { name: `${name} `, operator, value };
}
