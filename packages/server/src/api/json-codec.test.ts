import { Labels } from "@haltwatch/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { ApiError } from "./api-error.ts";
import { sampleValue } from "./go-text.ts";
import { encoded, encodedError } from "./json-codec.ts";

function text(answer: Extract<Answer, { kind: "data" | "result" }>): string {
  return Buffer.concat([...encoded(answer)]).toString("utf8");
}

function vector(times: readonly number[], values: readonly number[], labels: Record<string, string> = {}) {
  const series = { labels: Labels.from(labels), times: Float64Array.from(times), values: Float64Array.from(values) };
  return { type: "matrix", series: [series] } as const;
}

describe("results are byte for byte as Prometheus writes them", () => {
  test("an instant vector; what looks like HTML is escaped", () => {
    const one = vector([1_435_781_451_781], [1.5], { job: "<&>", __name__: "up" });

    expect(text({ kind: "result", value: { ...one, type: "vector" }, stats: undefined })).toBe(
      '{"status":"success","data":{"resultType":"vector","result":[' +
        '{"metric":{"__name__":"up","job":"\\u003c\\u0026\\u003e"},"value":[1435781451.781,"1.5"]}]}}',
    );
  });

  test("a matrix; seconds have three decimals, or none", () => {
    const value = vector([0, 1, 50, 1500, -1500, 1_700_000_000_000], [1, -1, 0.25, 1e21, Number.NaN, 12_345.6789]);

    expect(text({ kind: "result", value, stats: undefined })).toBe(
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[' +
        '[0,"1"],[0.001,"-1"],[0.050,"0.25"],[1.500,"1e+21"],[-1.500,"NaN"],[1700000000,"12345.6789"]]}]}}',
    );
  });

  test("a scalar never has an exponent, a string is itself, an empty vector a list", () => {
    const show = (value: Parameters<typeof text>[0] & { kind: "result" }) => JSON.parse(text(value)).data.result;

    expect([
      show({ kind: "result", value: { type: "scalar", timeMs: 1500, value: 1e-7 }, stats: undefined }),
      show({ kind: "result", value: { type: "string", timeMs: 0, value: "a\u2028" }, stats: undefined }),
      show({ kind: "result", value: { type: "vector", series: [] }, stats: undefined }),
    ]).toEqual([[1.5, "0.0000001"], [0, "a\u2028"], []]);
  });

  test("warnings and infos stand last, ten of each at most", () => {
    const warnings = Array.from({ length: 12 }, (_, i) => `w${i}`);

    expect(text({ kind: "data", data: [], warnings, infos: ["i"] })).toBe(
      `{"status":"success","data":[],"warnings":${JSON.stringify([
        ...warnings.slice(0, 10),
        "2 more warning annotations omitted",
      ])},"infos":["i"]}`,
    );
  });

  test("an error", () => {
    expect(encodedError(new ApiError("bad_data", 'invalid "x" <y>'))).toBe(
      '{"status":"error","errorType":"bad_data","error":"invalid \\"x\\" \\u003cy\\u003e"}',
    );
  });
});

test("every double is written with its shortest digits", () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer().map((n) => n / 100),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((n) => n / 10_000),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
  );

  fc.assert(
    fc.property(fc.array(value), (values) => {
      const answer = {
        kind: "result",
        value: vector(
          values.map((_, i) => i),
          values,
        ),
        stats: undefined,
      } as const;
      const shown = JSON.parse(text(answer)).data.result[0].values;
      expect(shown).toEqual(values.map((one, i) => [i / 1000, sampleValue(one)]));
    }),
  );
});

test("a large answer comes in chunks that are small, and are one text", () => {
  const times = Float64Array.from({ length: 240 }, (_, i) => 1_700_000_000_000 + i * 15_000);
  const series = Array.from({ length: 200 }, (_, n) => {
    return { labels: Labels.from({ n: `${n}` }), times, values: times.map((time) => Math.sin(time) * n) };
  });

  const chunks = [...encoded({ kind: "result", value: { type: "matrix", series }, stats: undefined })];

  expect(chunks.length).toBeGreaterThan(10);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(100_000);
  const { result } = JSON.parse(Buffer.concat(chunks).toString()).data;
  expect(result).toHaveLength(200);
  expect(result[199].values[239]).toEqual([(times[239] as number) / 1000, sampleValue(series[199]?.values[239] ?? 0)]);
});
