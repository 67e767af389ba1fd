/** Under the plot: which line is which, and its last, smallest and largest value. */
import type { ChosenLines } from "./chosen-lines.ts";
import { fitted, svgText } from "./svg-text.ts";
import type { Theme } from "./theme.ts";
import { formatValue, type Unit } from "./unit.ts";

const ROW = 34;
/** Of a column of values, pixels. */
const COLUMN = 118;
/** Of the piece of line before the name. */
const SWATCH = 40;

/** Pixels; without lines there is no legend. */
export function legendHeight({ drawn, left }: ChosenLines): number {
  return drawn.length === 0 ? 0 : ROW * (1 + drawn.length + (left > 0 ? 1 : 0));
}

interface LegendPlace {
  readonly theme: Theme;
  readonly unit: Unit;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

export function legendSvg({ drawn, left: more }: ChosenLines, { theme, unit, left, right, top }: LegendPlace): string {
  if (drawn.length === 0) return "";
  const column = (at: number): number => right - (2 - at) * COLUMN;
  const nameWidth = column(0) - COLUMN - left - SWATCH;
  const heads = ["last", "min", "max"].map(
    (head, at) => `<text x="${column(at)}" y="${top + 24}" text-anchor="end" fill="${theme.quiet}">${head}</text>`,
  );
  const rows = drawn.map(({ name, last, min, max }, row) => {
    const y = top + 24 + ROW * (row + 1);
    const cells = [last, min, max].map((value, at) => {
      const weight = at === 0 ? ' font-weight="700"' : "";
      return `<text x="${column(at)}" y="${y}" text-anchor="end" fill="${theme.text}"${weight}>${formatValue(value, unit)}</text>`;
    });
    return [
      `<rect x="${left}" y="${y - 12}" width="28" height="7" rx="3.5" fill="${theme.lines[row % theme.lines.length]}"/>`,
      `<text x="${left + SWATCH}" y="${y}" fill="${theme.text}">${svgText(fitted(name, nameWidth, 24))}</text>`,
      ...cells,
    ].join("");
  });
  const rest =
    more === 0
      ? ""
      : `<text x="${left + SWATCH}" y="${top + 24 + ROW * (drawn.length + 1)}" fill="${theme.quiet}">and ${more} more, not drawn</text>`;
  return [...heads, ...rows, rest].join("");
}
