import { expect, test } from "vitest";
import { shownFrames } from "../format/shown-field.ts";
import { field, frame } from "../query/frame.ts";
import { asTable, csvOf } from "./as-table.ts";
import { NO_FIELD_CONFIG } from "./read-field-config.ts";

const CONTEXT = {
  theme: {
    isDark: false,
    text: "#000000",
    mutedText: "#000000",
    ground: "#ffffff",
    sunken: "#ffffff",
    border: "#000000",
    accent: "#000000",
    font: "",
    series: ["#000000"],
  },
  timeZone: "utc",
  lookup: () => undefined,
  now: 0,
};

test("series get a column each, newest first, and formulas stay texts", () => {
  const times = Float64Array.of(0, 1000);
  const frames = shownFrames(
    [
      frame([
        field("Time", "time", times),
        field("Value", "number", Float64Array.of(1, 2), { legend: "=HYPERLINK()" }),
      ]),
      frame([
        field("Time", "time", times),
        field("Value", "number", Float64Array.of(Number.NaN, -4.5), { legend: 'b"c' }),
      ]),
    ],
    { fieldDefaults: NO_FIELD_CONFIG, overrides: [] },
    CONTEXT,
  );

  const csv = csvOf(asTable(frames, "utc", { isFormatted: false }));

  expect(csv.split("\r\n")).toEqual([
    'Time,\'=HYPERLINK(),"b""c"',
    "1970-01-01 00:00:01,2,-4.5",
    "1970-01-01 00:00:00,1,",
  ]);
});
