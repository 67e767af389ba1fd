// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
import { expect, test } from "vitest";
import type { Api, ApiParams } from "../api/http.ts";
import { readDashboard } from "../dashboard/read-dashboard.ts";
import { PanelQuery, type QueryContext } from "./panel-query.ts";
import { RequestQueue } from "./request-queue.ts";

const END = 1_700_000_000_000;

/** Remembers what it was asked; answers with a series for each venue. */
function context(overrides: Partial<QueryContext> = {}): {
  readonly asked: ApiParams[];
  readonly context: QueryContext;
} {
  const asked: ApiParams[] = [];
  const refuse = (): Promise<never> => Promise.reject(new Error("not here"));
  const api: Api = {
    get: async (path, params = {}) => {
      asked.push(params);
      if (String(params["query"]).includes("broken")) throw new Error("parse error");
      const side = (venue: string) => (params["query"] === "mixed" && venue === "cex" ? { side: "buy" } : {});
      const metric = (venue: string) => ({
        __name__: "orders",
        venue,
        le: venue === "cex" ? "10" : "+Inf",
        ...side(venue),
      });
      const time = Number(params["time"] ?? params["end"]);
      if (params["query"] === "many") {
        const one = (_: unknown, index: number) => ({ metric: { index: String(index) }, value: [time, "1"] });
        return { resultType: "vector", result: Array.from({ length: 2500 }, one) };
      }
      if (path === "/api/v1/query") {
        return {
          resultType: "vector",
          result: [
            { metric: metric("cex"), value: [time, "3"] },
            { metric: metric("dex"), value: [time, "+Inf"] },
          ],
        };
      }
      const step = Number(params["step"]);
      const values = (last: string) => [
        [time - step, "1"],
        [time, last],
      ];
      return {
        resultType: "matrix",
        result: [
          { metric: metric("dex"), values: values("5") },
          { metric: metric("cex"), values: values("NaN") },
        ],
      };
    },
    post: refuse,
    delete: refuse,
    text: refuse,
  };
  const range = { from: END - 3_600_000, to: END };
  return {
    asked,
    context: {
      api,
      queue: new RequestQueue(),
      range,
      now: END,
      timeZone: "utc",
      points: 500,
      lookup: () => undefined,
      scrapeIntervalMs: 15_000,
      minStepMs: 1000,
      ...overrides,
    },
  };
}

async function run(panel: object, given = context()) {
  const [read] = readDashboard({ title: "T", panels: [{ type: "timeseries", ...panel }] }).panels;
  if (read === undefined) throw new Error("the panel is there");
  const data = await new PanelQuery().run(read, given.context, new AbortController().signal);
  return { data, asked: given.asked };
}

test("a range: step, intervals in the query, aligned times, names by the legend", async () => {
  const { data, asked } = await run({
    targets: [{ expr: "rate(orders[$__rate_interval]) + $__interval_ms + ${__range_s}", legendFormat: "{{venue}}!" }],
  });

  // 3600 s on 500 points is 7.2 s, rounded to 5 s.
  expect(asked).toEqual([
    { query: "rate(orders[1m]) + 5000 + 3600", start: (END - 3_600_000) / 1000, end: END / 1000, step: 5 },
  ]);
  expect(data.frames.map(({ name, step }) => [name, step])).toEqual([
    ["dex!", 5000],
    ["cex!", 5000],
  ]);
  expect(data.frames[0]?.fields[1]?.values.at(-1)).toBe(5);
  expect(data.frames[1]?.fields[1]?.values.at(-1)).toBeNaN();
  expect(data.frames[0]?.fields[0]?.values).toHaveLength(721);
});

test("least steps of the panel and of the query", async () => {
  expect((await run({ interval: "1m", targets: [{ expr: "a" }] })).asked[0]?.["step"]).toBe(60);
  expect(
    (await run({ interval: "1m", targets: [{ expr: "a[$__rate_interval]", interval: "30s" }] })).asked[0],
  ).toMatchObject({ step: 30, query: "a[2m]" });
  expect((await run({ targets: [{ expr: "a", interval: "$__rate_interval" }] })).asked[0]?.["step"]).toBe(60);
  expect((await run({ maxDataPoints: 60, targets: [{ expr: "a", intervalFactor: 2 }] })).asked[0]?.["step"]).toBe(120);
});

test("a table of the end: labels as columns, values named after their queries", async () => {
  const { data } = await run({
    targets: [
      { refId: "A", expr: "a", format: "table", instant: true },
      { refId: "B", expr: "b", format: "table", instant: true },
    ],
  });

  expect(data.frames.map(({ fields }) => fields.map(({ name }) => name))).toEqual([
    ["Time", "__name__", "le", "venue", "Value #A"],
    ["Time", "__name__", "le", "venue", "Value #B"],
  ]);
  expect([...(data.frames[0]?.fields[4]?.values ?? [])]).toEqual([3, Number.POSITIVE_INFINITY]);
});

test("a label that only some series have is empty for the others, and not a missing value", async () => {
  const { data } = await run({ targets: [{ expr: "mixed", format: "table", instant: true }] });

  const columns = new Map(data.frames[0]?.fields.map(({ name, values }) => [name, [...values]]));
  expect(columns.get("side")).toEqual(["buy", ""]);
});

test("two queries with one name keep their own points", async () => {
  const given = context();
  const [panel] = readDashboard({
    title: "T",
    panels: [
      {
        type: "timeseries",
        targets: [
          { refId: "A", expr: "a" },
          { refId: "A", expr: "mixed" },
        ],
      },
    ],
  }).panels;
  if (panel === undefined) throw new Error("the panel is there");
  const query = new PanelQuery();
  const { signal } = new AbortController();

  const before = await query.run(panel, given.context, signal);
  const again = await query.run(panel, { ...given.context, now: END + 1000 }, signal);

  const lengths = ({ frames }: typeof before) => frames.map(({ fields }) => fields[1]?.labels["side"] ?? "");
  expect(lengths(again)).toEqual(lengths(before));
  expect(lengths(before)).toContain("buy");
});

test("more series than can be shown are counted", async () => {
  const { data } = await run({ targets: [{ expr: "many", instant: true }] });

  expect(data.frames).toHaveLength(2000);
  expect(data.problems).toEqual(["Query A has too many series: 500 are left out"]);
});

test("a heatmap: buckets by size, each with its own count", async () => {
  const { data } = await run({ targets: [{ expr: "a", format: "heatmap" }] });

  expect(data.frames[0]?.fields.map(({ name }) => name)).toEqual(["Time", "10", "+Inf"]);
});

test("a fault of one query is told, the others are shown; the panel's own time moves the range", async () => {
  const { data, asked } = await run({
    timeFrom: "1h",
    timeShift: "1d",
    targets: [
      { refId: "A", expr: "broken" },
      { refId: "B", expr: "b" },
      { refId: "C", expr: "c", hide: true },
    ],
  });

  expect(data.problems).toEqual(["Query A: parse error"]);
  expect(data.frames).toHaveLength(2);
  expect(asked).toHaveLength(2);
  expect(data.range).toEqual({ from: END - 90_000_000, to: END - 86_400_000 });
});
