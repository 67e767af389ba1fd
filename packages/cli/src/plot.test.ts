import { expect, test } from "vitest";
import { plot } from "./plot.ts";

const SIZE = { width: 10, height: 4 };

test("a line that rises goes from the bottom left to the top right", () => {
  const lines = plot(
    Array.from({ length: 20 }, (_, i) => [i, i * 1000] as const),
    SIZE,
  );

  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^ *19k ┤⠀+.*[^⠀]$/);
  expect(lines[3]).toMatch(/^ *0 ┤[^⠀]/);
});

test("one value is one row, and its scale is that value", () => {
  expect(plot([[0, 42]], SIZE)[0]).toMatch(/42 ┤/);
});

test("where there was nothing, nothing is drawn", () => {
  const points = [0, 1, 2, 3, 16, 17, 18, 19].map((time) => [time, 1] as const);
  const [bottom = ""] = plot(points, SIZE).slice(-1);

  expect(bottom.slice(bottom.indexOf("┤") + 1)).toMatch(/^[^⠀]{2}⠀{6}[^⠀]{2}$/);
});

test("what is no number is left out", () => {
  expect(plot([[0, Number.NaN]], SIZE)).toEqual(["(no numbers)"]);
  expect(() =>
    plot(
      [
        [0, Number.POSITIVE_INFINITY],
        [1, 2],
      ],
      SIZE,
    ),
  ).not.toThrow();
});
