import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlertChart } from "./alert-chart.ts";
import { chartSvg } from "./chart-svg.ts";
import { rasterize } from "./rasterize.ts";
import { LATENCY_CHART } from "./testing/latency-chart.ts";

const [latency] = LATENCY_CHART.series;
if (latency === undefined) throw new TypeError("the chart has a line");

function svgOf(changes: Partial<AlertChart>): string {
  return chartSvg({ ...LATENCY_CHART, ...changes });
}

/** What is written in the picture. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? "");
}

function line(values: readonly number[], name = "x"): AlertChart["series"][number] {
  const { fromMs, stepMs } = LATENCY_CHART;
  const times = Float64Array.from(values, (_, at) => fromMs + at * stepMs);
  return { name, times, values: Float64Array.from(values) };
}

describe("an alert's picture", () => {
  test("says what, how bad, where, on which day, since when, and compared with what", () => {
    const shown = texts(svgOf({}));

    expect(shown).toEqual(
      expect.arrayContaining([
        "LatencyHigh",
        "CRITICAL",
        "arb-1 · cex",
        "21 Nov 2026 UTC",
        "fired 12:03:10 UTC",
        "exec.latency_max 500 ms",
        "venue=&quot;cex&quot;",
      ]),
    );
  });

  test("has units at its axis, and times in UTC", () => {
    const shown = texts(svgOf({}));

    expect(shown).toEqual(expect.arrayContaining(["0 ms", "200 ms", "11:15", "11:30", "11:45", "12:00"]));
  });

  test("has no text smaller than 24 of its 900 pixels", () => {
    const sizes = [...svgOf({}).matchAll(/font-size="(\d+)"/g)].map((match) => Number(match[1]));

    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(24);
    expect(svgOf({})).toContain('<svg xmlns="http://www.w3.org/2000/svg" width="900"');
  });

  test("says until when it fired", () => {
    const shown = texts(svgOf({ resolvedAtMs: LATENCY_CHART.toMs - 60_000 }));

    expect(shown).toEqual(expect.arrayContaining(["RESOLVED", "fired 12:03:10 → resolved 12:04:00 UTC"]));
  });

  test("names the day where it has been firing since another one", () => {
    const shown = texts(svgOf({ firedAtMs: Date.UTC(2026, 10, 19, 8) }));

    expect(shown).toContain("firing since 19 Nov 08:00:00 UTC");
  });

  test("leaves a gap where there are no samples, or none that are numbers", () => {
    const dense = svgOf({ series: [line([1, 2, 3, 4, 5, 6])], thresholds: [] });
    const holes = svgOf({ series: [line([1, 2, Number.NaN, 4, Number.POSITIVE_INFINITY, 6, 7])], thresholds: [] });
    const late = {
      ...line([1, 2, 3]),
      times: Float64Array.of(0, 15_000, 90_000).map((at) => LATENCY_CHART.fromMs + at),
    };

    const strokes = (svg: string): number =>
      /<path d="(M[^"]*)" fill="none" stroke="#0067a8"/.exec(svg)?.[1]?.split("M").length ?? 0;
    expect(strokes(dense)).toBe(2);
    expect(strokes(holes)).toBe(4);
    expect(strokes(svgOf({ series: [late], thresholds: [] }))).toBe(3);
    expect(holes).toContain("<circle"); // a point without neighbours is no line
  });

  test("draws five lines of fifty, those furthest to the side that fires, and says how many there are besides", () => {
    const series = Array.from({ length: 50 }, (_, at) => line([10, at], `v${at}`));

    const above = texts(svgOf({ series }));
    const below = texts(svgOf({ series, thresholds: [{ label: "", value: 5, beyond: "below" }] }));

    expect(above.filter((text) => /^v\d+$/.test(text))).toEqual(["v49", "v48", "v47", "v46", "v45"]);
    expect(below.filter((text) => /^v\d+$/.test(text))).toEqual(["v0", "v1", "v2", "v3", "v4"]);
    expect(above).toContain("and 45 more, not drawn");
  });

  test("says so where there are no data", () => {
    expect(texts(svgOf({ series: [] }))).toContain("No data in the last hour");
    expect(texts(svgOf({ series: [line([Number.NaN])] }))).toContain("No data in the last hour");
  });

  test("shows how a limit was changed", () => {
    const value = line([100, 100, 500]);

    expect(texts(svgOf({ thresholds: [{ label: "max", value, beyond: "above" }] }))).toContain("max 100 ms → 500 ms");
  });

  test.each([
    ["one point", [7]],
    ["the same throughout", [3, 3, 3]],
    ["zero throughout", [0, 0]],
    ["as large as numbers are", [1.7e308, -1.7e308]],
    ["as small as numbers are", [5e-324, 0]],
    ["large with small differences", [1e15, 1e15 + 1]],
    ["negative", [-5, -9]],
  ])("can be drawn of values that are %s", (_what, values) => {
    for (const unit of ["number", "count", "ratio", "seconds"] as const) {
      const svg = svgOf({ series: [line(values)], unit, thresholds: [] });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe("text from label values", () => {
  test("is text only, whatever it is", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("</text><image href='file:///etc/passwd'/>", "]]>", "&lt;", '"><script>', "\ud800", "\u202etxt"),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, where, name) => {
        const svg = svgOf({
          title,
          where,
          series: [{ ...latency, name }],
          thresholds: [{ label: name, value: 1, beyond: "above" }],
        });

        expect(new Set([...svg.matchAll(/<\/?([^\s>/]+)/g)].map((match) => match[1]))).toEqual(
          new Set(["svg", "rect", "text", "clipPath", "path", "g"]),
        );
        expect(svg).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(svg).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 200 },
    );
  });

  test("can always be drawn", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), (title) => {
        expect(rasterize(svgOf({ title, where: title })).length).toBeGreaterThan(1000);
      }),
      { numRuns: 10 },
    );
  });
});
