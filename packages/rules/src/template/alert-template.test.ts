import fc from "fast-check";
import { expect, test } from "vitest";
import { AlertTemplate, alertFunctions } from "./alert-template.ts";
import type { TemplateLimits } from "./template-limits.ts";

const SURROUNDINGS = { timeMs: 1_700_000_000_500, externalUrl: "http://host:9090/prom", query: () => [] };

function expand(text: string, value = 1.5, limits?: TemplateLimits): string {
  const data = { labels: { bot: "a", job: "arb" }, externalLabels: {}, externalUrl: "http://host:9090/prom", value };
  return new AlertTemplate("T", text).expand(data, alertFunctions(SURROUNDINGS), limits);
}

test("the functions that newer versions have", () => {
  expect(expand("{{ now }}")).toBe("1.7000000005e+09");
  expect(expand('{{ (now | toTime).Format "2006-01-02 15:04:05.000 Mon Jan _2 PM" }}')).toBe(
    "2023-11-14 22:13:20.500 Tue Nov 14 PM",
  );
  expect(expand("{{ (toTime 0.0).Year }}-{{ (toTime 0).Month }} {{ toTime 1.5 }}")).toBe(
    "1970-January 1970-01-01 00:00:01.5 +0000 UTC",
  );
  expect(expand("{{ toDuration 90 }} {{ (toDuration 90.5).Minutes }} {{ toDuration 0.0015 }}")).toBe(
    "1m30s 1.5083333333333333 1.5ms",
  );
  expect(expand('{{ stripDomain "a.b.c:80" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "x.y" }}')).toBe(
    "a:80 10.0.0.1:80 x",
  );
  expect(expand('{{ urlQueryEscape "a b&c" }}')).toBe("a+b%26c");
  expect(expand("{{ externalURL }} {{ pathPrefix }}")).toBe("http://host:9090/prom /prom");
  expect(expand("{{ toDuration 90 | humanizeDuration }}")).toBe("1m 30s");
});

test("what newer templates of Go have", () => {
  expect(expand('{{ with "" }}a{{ else with "b" }}{{ . }}{{ end }}')).toBe("b");
  expect(expand("{{ range 3 }}{{ . }}{{ end }}")).toBe("012");
  expect(expand("{{ range $i := 2 }}{{ $i }},{{ end }}")).toBe("0,1,");
});

test("text without an action is itself", () => {
  expect(expand("5 }} of { 6")).toBe("5 }} of { 6");
});

test("a mistake becomes the text, as in Prometheus", () => {
  expect(expand("{{ $x }}")).toBe(
    '<error expanding template: error parsing template __alert_T: template: __alert_T:1: undefined variable "$x">',
  );
  expect(expand('{{ query "x" | first }}')).toBe(
    '<error expanding template: error executing template __alert_T: template: __alert_T:1:127: executing "__alert_T" at <first>: error calling first: first() called on vector with no elements>',
  );
});

test("output, steps and depth are bounded", () => {
  const limits = { maxOutput: 100, maxSteps: 1000, maxDepth: 10 };
  const endless = '{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}';

  expect(expand("{{ range 100000000 }}{{ end }}", 1, limits)).toContain("it takes more than 1000 steps");
  expect(expand("{{ range 50 }}abc{{ end }}", 1, limits)).toContain("its text is longer than 100 characters");
  expect(expand('{{ $x := "a" }}{{ range 90 }}{{ $x = print $x $x }}{{ end }}', 1, limits)).toContain(
    "is longer than 100",
  );
  expect(expand("{{ $x := args 1 }}{{ range 90 }}{{ $x = args $x $x }}{{ end }}{{ $x }}")).toContain("values in args");
  expect(expand('{{ range 90 }}{{ query "x" }}{{ end }}', 1, limits)).toContain("it takes more than 1000 steps");
  expect(expand(endless, 1, limits)).toContain("exceeded maximum template depth (10)");
  expect(expand('{{ printf "%999999d" 1 }}', 1, limits)).toContain("its text is longer than 100 characters");
  expect(expand(`{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`)).toContain("it is nested more than 300 deep");
});

test("whatever is written, there is a text and nothing is thrown", () => {
  const pieces =
    '{{ }} {{- -}} if else end range with define template break $x := = , | ( ) . .a 1 1.5 "s" nil print len args first';
  const piece = fc.constantFrom(...pieces.split(" "), " ", "\n", "/*", "*/");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (written) => {
      expect(typeof expand(`{{ ${written.join(" ")} }}`)).toBe("string");
    }),
    { numRuns: 2000 },
  );
});
