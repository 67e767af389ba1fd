import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../dashboard/json.ts";
import { boundedJson, objectOf } from "../dashboard/json.ts";
import { type Frame, field, frame } from "../query/frame.ts";
import { fieldName } from "./names.ts";
import { transformed } from "./transformed.ts";

const T = [1000, 2000, 3000];

function series(name: string, values: readonly number[], labels = {}): Frame {
  return frame(
    [
      field("Time", "time", Float64Array.from(T)),
      field("Value", "number", Float64Array.from(values), { legend: name, labels }),
    ],
    { refId: name, name },
  );
}

function table(columns: Readonly<Record<string, readonly (string | number)[]>>, refId = "A"): Frame {
  return frame(
    Object.entries(columns).map(([name, values]) =>
      typeof values[0] === "string"
        ? field(name, "string", values)
        : field(name, name === "Time" ? "time" : "number", Float64Array.from(values, Number)),
    ),
    { refId },
  );
}

/** Columns by name, as people see them. */
function shown(
  frames: readonly Frame[],
  id: string,
  options: JsonObject,
): readonly Readonly<Record<string, unknown>>[] {
  const result = transformed(frames, [{ id, options, refId: "" }], () => undefined);
  expect(result.problems).toEqual([]);
  return result.frames.map((one) =>
    Object.fromEntries(one.fields.map((from) => [fieldName(from, one), [...from.values]])),
  );
}

const VENUES = table({ venue: ["cex", "dex", "cex"], orders: [3, 1, 5], failed: [0, 1, 1] });

test("organize leaves out, orders and renames", () => {
  const [result] = shown([VENUES], "organize", {
    excludeByName: { failed: true },
    indexByName: { orders: 0, venue: 1 },
    renameByName: { orders: "Orders" },
  });

  expect(Object.entries(result ?? {})).toEqual([
    ["Orders", [3, 1, 5]],
    ["venue", ["cex", "dex", "cex"]],
  ]);
});

test("merge is not led astray by a query that found nothing", () => {
  const a = table({ Time: [1], bot: ["b-1"], "Value #A": [3] });
  const b = table({ Time: [1], bot: ["b-1"], "Value #B": [4] }, "B");
  const c = frame([field("Time", "time", new Float64Array(0)), field("Value #C", "number", new Float64Array(0))]);

  expect(shown([a, b, c], "merge", {})).toEqual([
    { Time: [1], bot: ["b-1"], "Value #A": [3], "Value #B": [4], "Value #C": [Number.NaN] },
  ]);
});

test("a transformation that fails costs itself alone", () => {
  const broken = { ...VENUES, fields: null } as unknown as Frame;

  const { frames, problems } = transformed([broken], [{ id: "organize", options: {}, refId: "" }], () => undefined);

  expect(frames).toEqual([broken]);
  expect(problems).toEqual([expect.stringContaining("The transformation “organize” failed")]);
});

test("merge puts rows together that agree in what they share", () => {
  const a = table({ venue: ["cex", "dex"], "Value #A": [1, 2] }, "A");
  const b = table({ venue: ["dex", "p2p"], "Value #B": [20, 30] }, "B");

  expect(shown([a, b], "merge", {})).toEqual([
    { venue: ["cex", "dex", "p2p"], "Value #A": [1, 2, Number.NaN], "Value #B": [Number.NaN, 20, 30] },
  ]);
});

test("joinByField puts series side by side, outer and inner", () => {
  const one = series("one", [1, 2, 3]);
  const two = frame([
    field("Time", "time", Float64Array.of(2000, 4000)),
    field("Value", "number", Float64Array.of(20, 40), { legend: "two" }),
  ]);

  expect(shown([one, two], "joinByField", { byField: "Time" })).toEqual([
    { Time: [1000, 2000, 3000, 4000], one: [1, 2, 3, Number.NaN], two: [Number.NaN, 20, Number.NaN, 40] },
  ]);
  expect(shown([one, two], "seriesToColumns", { byField: "Time", mode: "inner" })).toEqual([
    { Time: [2000], one: [2], two: [20] },
  ]);
});

test("groupBy calculates for each group", () => {
  const options = {
    fields: { venue: { operation: "groupby" }, orders: { operation: "aggregate", aggregations: ["sum", "count"] } },
  };

  expect(shown([VENUES], "groupBy", options)).toEqual([
    { venue: ["cex", "dex"], "orders (sum)": [8, 1], "orders (count)": [2, 1] },
  ]);
});

test("reduce makes a row of each series", () => {
  expect(
    shown([series("a", [1, Number.NaN, 3]), series("b", [4, 5, 6])], "reduce", {
      reducers: ["max", "mean", "lastNotNull"],
    }),
  ).toEqual([{ Field: ["a", "b"], Max: [3, 6], Mean: [2, 5], "Last *": [3, 6] }]);
});

test("filterByValue keeps or drops rows", () => {
  const filters = [{ fieldName: "orders", config: { id: "greater", options: { value: 2 } } }];

  expect(shown([VENUES], "filterByValue", { type: "include", match: "any", filters })[0]?.["orders"]).toEqual([3, 5]);
  expect(shown([VENUES], "filterByValue", { type: "exclude", match: "all", filters })[0]?.["orders"]).toEqual([1]);
});

test("filterFieldsByName takes names and patterns", () => {
  expect(
    Object.keys(shown([VENUES], "filterFieldsByName", { include: { names: ["venue"], pattern: "^or" } })[0] ?? {}),
  ).toEqual(["venue", "orders"]);
  expect(Object.keys(shown([VENUES], "filterFieldsByName", { exclude: { pattern: "e" } })[0] ?? {})).toEqual([]);
});

test("labelsToFields gives labels columns", () => {
  expect(
    shown([series("a", [1, 2, 3], { venue: "cex" }), series("b", [4, 5, 6], { venue: "dex" })], "labelsToFields", {}),
  ).toEqual([{ Time: [...T, ...T], venue: ["cex", "cex", "cex", "dex", "dex", "dex"], Value: [1, 2, 3, 4, 5, 6] }]);
});

test("sortBy and limit", () => {
  const sorted = transformed(
    [VENUES],
    [
      { id: "sortBy", options: { sort: [{ field: "orders", desc: true }] }, refId: "" },
      { id: "limit", options: { limitField: 2 }, refId: "" },
    ],
    () => undefined,
  );

  expect(sorted.frames[0]?.fields.map(({ values }) => [...values])).toEqual([
    ["cex", "cex"],
    [5, 3],
    [1, 0],
  ]);
});

test("calculateField: two fields, all in a row, a number", () => {
  const binary = { mode: "binary", binary: { left: "failed", operator: "/", right: "orders" }, alias: "ratio" };

  expect(shown([VENUES], "calculateField", binary)[0]?.["ratio"]).toEqual([0, 1, 0.2]);
  expect(shown([VENUES], "calculateField", { mode: "reduceRow", reduce: { reducer: "sum" } })[0]?.["Total"]).toEqual([
    3, 2, 6,
  ]);
  expect(
    shown([VENUES], "calculateField", {
      mode: "binary",
      binary: { left: "orders", operator: "*", right: "10" },
      replaceFields: true,
    }),
  ).toEqual([{ "orders * 10": [30, 10, 50] }]);
});

test("calculateField works on series of several frames", () => {
  const options = {
    mode: "binary",
    binary: { left: "a", operator: "-", right: "b" },
    alias: "diff",
    replaceFields: true,
  };

  expect(shown([series("a", [5, 5, 5]), series("b", [1, 2, 3])], "calculateField", options)).toEqual([
    { Time: T, diff: [4, 3, 2] },
  ]);
});

test("renameByRegex, convertFieldType, seriesToRows", () => {
  expect(
    Object.keys(
      shown([series("bot-a", [1, 2, 3])], "renameByRegex", { regex: "bot-(.*)", renamePattern: "$1" })[0] ?? {},
    ),
  ).toEqual(["Time", "a"]);
  expect(
    shown([table({ n: ["1", "x"] })], "convertFieldType", {
      conversions: [{ targetField: "n", destinationType: "number" }],
    }),
  ).toEqual([{ n: [1, Number.NaN] }]);
  expect(shown([series("a", [1, 2, 3])], "seriesToRows", {})).toEqual([
    { Time: [3000, 2000, 1000], Metric: ["a", "a", "a"], Value: [3, 2, 1] },
  ]);
});

test("one that is not known is named, and the rest goes on", () => {
  const result = transformed([VENUES], [{ id: "heatmap", options: {}, refId: "" }], () => undefined);

  expect(result.frames).toEqual([VENUES]);
  expect(result.problems).toEqual(["The transformation “heatmap” is not known here: the data are shown without it"]);
});

test("no options of any kind break a transformation", () => {
  const ids = [
    "organize",
    "merge",
    "groupBy",
    "reduce",
    "joinByField",
    "filterByValue",
    "filterFieldsByName",
    "labelsToFields",
    "sortBy",
    "limit",
    "calculateField",
    "renameByRegex",
    "convertFieldType",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...ids), fc.object(), (id, options) => {
      const { frames } = transformed(
        [VENUES, series("a", [1, 2, 3])],
        [{ id, options: objectOf(boundedJson(options)), refId: "" }],
        () => undefined,
      );
      for (const one of frames) for (const { values } of one.fields) expect(values.length).toBe(one.length);
    }),
  );
});
