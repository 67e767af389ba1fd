import { expect, test } from "vitest";
import { drawBars, drawLine, type LineOptions, type PathTarget } from "./line-path.ts";

function recorded(): PathTarget & { readonly said: string[] } {
  const said: string[] = [];
  const n = (value: number): number => Math.round(value * 100) / 100;
  return {
    said,
    moveTo: (x, y) => said.push(`M${n(x)},${n(y)}`),
    lineTo: (x, y) => said.push(`L${n(x)},${n(y)}`),
    bezierCurveTo: (_a, _b, _c, _d, x, y) => said.push(`C${n(x)},${n(y)}`),
    rect: (x, y, w, h) => said.push(`R${n(x)},${n(y)},${n(w)},${n(h)}`),
    closePath: () => said.push("Z"),
  };
}

const SCALE = { x: (time: number) => time * 10, y: (value: number) => 100 - value, base: 100 };
const OPTIONS: LineOptions = { interpolation: "linear", spans: 0, cutsAfter: Number.POSITIVE_INFINITY, from: 0, to: 4 };
const DATA = { times: [0, 1, 2, 3, 4], values: [1, 2, Number.NaN, 4, 5] };

function starts(options: Partial<LineOptions>): number {
  const line = recorded();
  drawLine(line, undefined, DATA, SCALE, { ...OPTIONS, ...options });
  return line.said.filter((one) => one.startsWith("M")).length;
}

test("a missing value cuts the line, unless lines span it", () => {
  expect(starts({})).toBe(2);
  expect(starts({ spans: Number.POSITIVE_INFINITY })).toBe(1);
  expect(starts({ spans: 1 })).toBe(2);
  expect(starts({ spans: 2 })).toBe(1);
  expect(starts({ spans: Number.POSITIVE_INFINITY, cutsAfter: 1.5 })).toBe(2);
});

test("steps go sideways first or last", () => {
  const after = recorded();
  drawLine(after, undefined, { times: [0, 1], values: [1, 2] }, SCALE, {
    ...OPTIONS,
    interpolation: "stepAfter",
    to: 1,
  });
  const before = recorded();
  drawLine(before, undefined, { times: [0, 1], values: [1, 2] }, SCALE, {
    ...OPTIONS,
    interpolation: "stepBefore",
    to: 1,
  });

  expect(after.said).toEqual(["M0,99", "L10,99", "L10,98"]);
  expect(before.said).toEqual(["M0,99", "L0,98", "L10,98"]);
});

test("an area goes back along what is below it", () => {
  const area = recorded();

  drawLine(recorded(), area, { times: [0, 1], values: [5, 6], below: [1, 2] }, SCALE, { ...OPTIONS, to: 1 });

  expect(area.said.filter((one) => one !== "L0,95")).toEqual(["M0,95", "L10,94", "L10,98", "L10,98", "L0,99", "Z"]);
});

test("a curve stays between its points", () => {
  const line = recorded();

  drawLine(line, undefined, { times: [0, 1, 2], values: [1, 2, 3] }, SCALE, {
    ...OPTIONS,
    interpolation: "smooth",
    to: 2,
  });

  expect(line.said).toEqual(["M0,99", "C10,98", "C20,97"]);
});

test("many points in a pixel are few in the path, with the least and the most among them", () => {
  const count = 10_000;
  const times = Float64Array.from({ length: count }, (_, index) => index / 1000);
  const values = Float64Array.from({ length: count }, (_, index) =>
    index === 5000 ? 90 : index === 5001 ? -90 : Math.sin(index),
  );
  const line = recorded();

  drawLine(line, undefined, { times, values }, SCALE, { ...OPTIONS, to: count - 1 });

  expect(line.said.length).toBeLessThan(2000);
  expect(line.said.some((one) => one.endsWith(",10"))).toBe(true);
  expect(line.said.some((one) => one.endsWith(",190"))).toBe(true);
});

test("bars stand over, before or after their time", () => {
  const bars = recorded();

  drawBars(bars, { times: [1], values: [5] }, SCALE, { width: 4, alignment: 0, from: 0, to: 0 });
  drawBars(bars, { times: [1], values: [-5] }, SCALE, { width: 4, alignment: 1, from: 0, to: 0 });

  expect(bars.said).toEqual(["R8,95,4,5", "R10,100,4,5"]);
});
