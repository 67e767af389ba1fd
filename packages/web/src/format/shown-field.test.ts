// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
import { expect, test } from "vitest";
import type { Json } from "../dashboard/json.ts";
import { readFieldConfig, readOverrides } from "../dashboard/read-field-config.ts";
import { type Frame, field, frame } from "../query/frame.ts";
import { contrast, parseColor, readableOn, type Theme } from "./color.ts";
import { shownFrames } from "./shown-field.ts";

const THEME: Theme = {
  isDark: false,
  text: "#111111",
  mutedText: "#444444",
  ground: "#ffffff",
  sunken: "#eeeeee",
  border: "#cccccc",
  accent: "#0000ff",
  font: "12px sans-serif",
  series: ["#aa0000", "#00aa00"],
};
const CONTEXT = { theme: THEME, timeZone: "utc", lookup: () => undefined, now: 0 };

function series(legend: string, values: readonly number[], labels = {}): Frame {
  return frame(
    [
      field("Time", "time", Float64Array.from(values.keys())),
      field("Value", "number", Float64Array.from(values), { legend, labels }),
    ],
    { refId: legend },
  );
}

function show(frames: readonly Frame[], defaults: Json, overrides: Json = []) {
  return shownFrames(
    frames,
    { fieldDefaults: readFieldConfig(defaults), overrides: readOverrides(overrides) },
    CONTEXT,
  ).map(({ fields }) => fields.at(-1));
}

test("unit, decimals and thresholds make text and colour", () => {
  const [one] = show([series("a", [75])], {
    unit: "percent",
    decimals: 1,
    color: { mode: "thresholds" },
    thresholds: {
      mode: "absolute",
      steps: [
        { value: null, color: "green" },
        { value: 50, color: "orange" },
        { value: 75, color: "red" },
      ],
    },
  });

  expect(one?.show(74.94).text).toBe("74.9%");
  expect(one?.show(74.9).color).toBe("#ff9830");
  expect(one?.show(75).color).toBe("#f2495c");
  expect(one?.show(Number.NaN).color).toBe("#73bf69");
});

test("thresholds in percent go by least and most", () => {
  const [one] = show([series("a", [0, 200])], {
    color: { mode: "thresholds" },
    thresholds: {
      mode: "percentage",
      steps: [
        { value: null, color: "green" },
        { value: 80, color: "red" },
      ],
    },
  });

  expect([one?.show(159).color, one?.show(160).color]).toEqual(["#73bf69", "#f2495c"]);
});

test("mappings: value, range, regular expression, special, and those of Grafana 7", () => {
  const [one] = show([series("a", [1])], {
    noValue: "none",
    mappings: [
      { type: "value", options: { "1": { text: "up", color: "green" }, "2.0": { text: "two" } } },
      { type: "range", options: { from: 10, to: 20, result: { text: "ten", color: "#123456" } } },
      { type: "special", options: { match: "null+nan", result: { text: "gone" } } },
      { type: "regex", options: { pattern: "^err-(.*)$", result: { text: "error $1" } } },
      { type: 1, value: "7", text: "seven" },
      { type: 2, from: "30", to: "40", text: "thirties" },
    ],
  });

  expect([1, 2, 15, Number.NaN, 7, 35, 99].map((value) => one?.show(value).text)).toEqual([
    "up",
    "two",
    "ten",
    "gone",
    "seven",
    "thirties",
    "99",
  ]);
  expect(one?.show(15).color).toBe("#123456");
  expect(one?.show("err-5").text).toBe("error 5");
});

test("overrides by name, pattern, type, query and value, later ones above earlier ones", () => {
  const override = (id: string, options: Json, unit: string): Json => ({
    matcher: { id, options },
    properties: [{ id: "unit", value: unit }],
  });
  const [a, b, c] = show([series("alpha", [1]), series("beta", [5]), series("gamma", [500])], {}, [
    override("byType", "number", "short"),
    override("byName", "alpha", "ms"),
    override("byRegexp", "/^be/", "bytes"),
    override("byFrameRefID", "gamma", "s"),
    override("byValue", { reducer: "max", op: "gt", value: 100 }, "percent"),
  ]);

  expect([a?.config.unit, b?.config.unit, c?.config.unit]).toEqual(["ms", "bytes", "percent"]);
});

test("names: from the legend, the labels, or as configured", () => {
  const [legend, labels, named] = [
    show([series("L", [1])], {}),
    show([series("", [1], { __name__: "up", job: "b" })], {}),
    show([series("", [1], { job: "b" })], { displayName: "Job ${__field.labels.job}" }),
  ].map(([one]) => one?.shownName);

  expect([legend, labels, named]).toEqual(["L", 'up{job="b"}', "Job b"]);
});

test("lines have the palette's colours in their order, or those configured", () => {
  const colors = show([series("a", [1]), series("b", [1]), series("c", [1])], {}, [
    {
      matcher: { id: "byName", options: "b" },
      properties: [{ id: "color", value: { mode: "fixed", fixedColor: "semi-dark-blue" } }],
    },
  ]).map((one) => one?.color);

  expect(colors).toEqual(["#aa0000", "#3274d9", "#aa0000"]);
});

test("what is no colour is the colour of text", () => {
  const [one] = show([series("a", [1])], { color: { mode: "fixed", fixedColor: "url(javascript:alert(1))" } });

  expect(one?.color).toBe("#111111");
});

test("coloured texts can be read on both grounds", () => {
  for (const ground of ["#ffffff", "#19212a"]) {
    for (const color of ["#fade2a", "#73bf69", "#f2495c", "#1f60c4", "#000000"]) {
      const shown = parseColor(readableOn(color, ground));
      const under = parseColor(ground);
      expect(shown !== undefined && under !== undefined && contrast(shown, under) >= 4.5, `${color} on ${ground}`).toBe(
        true,
      );
    }
  }
});
