import fc from "fast-check";
import { expect, test } from "vitest";
import { fittingSizes } from "./fitting-size.ts";

test("a value always fits the width of its box, or takes several lines", () => {
  const boxes = fc.record({ width: fc.integer({ min: 40, max: 2000 }), height: fc.integer({ min: 20, max: 1000 }) });
  fc.assert(
    fc.property(boxes, fc.double({ min: 0.1, max: 100, noNaN: true }), (room, valueWidth) => {
      const { value, isLong } = fittingSizes(room, valueWidth, 0);

      expect(value).toBeGreaterThanOrEqual(11);
      expect(value).toBeLessThanOrEqual(72);
      if (!isLong) expect(value * valueWidth).toBeLessThanOrEqual(room.width - 20 + 1e-9);
    }),
  );
});

test("a narrow box makes the text small, a low one as well, and a name takes its part", () => {
  expect(fittingSizes({ width: 180, height: 110 }, 4, 0)).toEqual({ value: 40, name: 13, isLong: false });
  expect(fittingSizes({ width: 800, height: 60 }, 4, 0).value).toBeCloseTo(28.8);
  expect(fittingSizes({ width: 800, height: 60 }, 4, 5).value).toBeLessThan(20);
  const tiny = fittingSizes({ width: 82, height: 35 }, 4, 6);
  expect((tiny.name + tiny.value) * 1.25).toBeLessThanOrEqual(33);
});
