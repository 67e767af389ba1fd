// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
import fc from "fast-check";
import { expect, test } from "vitest";
import { interpolate, interpolateQuery, referencesIn, type VariableValue } from "./interpolate.ts";

const VALUES: Readonly<Record<string, VariableValue>> = {
  one: { values: ["a.b"] },
  two: { values: ["a.b", "c|d"], isMulti: true },
  multi1: { values: ["x+y"], isMulti: true },
  all: { values: [".*"], raw: ".*", isMulti: true },
  quote: { values: ['say "hi"', "it's"], isMulti: true },
  text: { values: ["v1", "v2"], texts: ["T1", "T2"], isMulti: true },
  __from: { values: ["1594671549254"] },
};
const lookup = (name: string) => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined);

test.each([
  ["$one ${one} [[one]] $none ${none}", "a.b a.b a.b $none ${none}"],
  ["${two}", "{a.b,c|d}"],
  ["${two:csv}", "a.b,c|d"],
  ["${two:pipe}", "a.b|c|d"],
  ["${two:regex}", "(a\\.b|c\\|d)"],
  ["${one:regex}", "a\\.b"],
  ["${two:json}", '["a.b","c|d"]'],
  ["${one:json}", '"a.b"'],
  ["${two:raw}", "a.b,c|d"],
  ["${two:distributed}", "a.b,two=c|d"],
  ["${two:doublequote}", '"a.b","c|d"'],
  ["${quote:singlequote}", "'say \"hi\"','it\\'s'"],
  ["${quote:sqlstring}", "'say \"hi\"','it''s'"],
  ["${two:queryparam}", "var-two=a.b&var-two=c%7Cd"],
  ["${two:percentencode}", "%7Ba.b%2Cc%7Cd%7D"],
  ["${two:lucene}", '("a.b" OR "c\\|d")'],
  ["${text:text}", "T1 + T2"],
  ["[[two:csv]]", "a.b,c|d"],
  ["${two:unknown}", "{a.b,c|d}"],
  ["${__from:date}", "2020-07-13T20:19:09.254Z"],
  ["${__from:date:seconds}", "1594671549"],
  ["${all:regex}", ".*"],
])("%s is %s", (text, result) => {
  expect(interpolate(text, lookup)).toBe(result);
});

test.each([
  ['up{job=~"$two"}', 'up{job=~"(a\\\\.b|c\\\\|d)"}'],
  ['up{job=~"$multi1"}', 'up{job=~"x\\\\+y"}'],
  ['up{job="$one"}', 'up{job="a.b"}'],
  ['up{job=~"$all"}', 'up{job=~".*"}'],
  ['up{a=~"$quote"}', 'up{a=~"(say \\"hi\\"|it\'s)"}'],
  ["up{a=~'$quote'}", "up{a=~'(say \"hi\"|it\\'s)'}"],
  ["up{a=~`$two`}", "up{a=~`(a\\.b|c\\|d)`}"],
  ["topk(5, $one)", "topk(5, a.b)"],
  ['up{a=~"${two:pipe}"}', 'up{a=~"a.b|c|d"}'],
])("in a query %s is %s", (text, result) => {
  expect(interpolateQuery(text, lookup)).toBe(result);
});

test("what people choose never ends the string it stands in", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('"', "'"), fc.boolean(), (value, quote, isMulti) => {
      const query = interpolateQuery(`up{a=~${quote}$v${quote}}`, () => ({ values: [value], isMulti }));
      const inside = query.slice(7, -2);
      expect(inside.replaceAll(/\\[\s\S]/g, "")).not.toContain(quote);
    }),
  );
});

test("references are found in each form", () => {
  expect(referencesIn('label_values(up{a="$one",b="[[two]]"}, ${three:raw})')).toEqual(["one", "two", "three"]);
});
