/** A graph in the terminal: one line of text for each row of it, drawn with Braille dots, two across and four down a character. */

const BLANK = 0x2800;

/** By column and row within a character: which dot it is. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** Points farther apart than so many usual steps are not joined: there is nothing between them. */
const MAX_GAP = 2.5;

export interface PlotOptions {
  /** Characters across, without the scale. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
}

/**
 * @param points times ascending; what is no number is left out
 * @returns lines, the highest value first, each with its place on the scale
 */
export function plot(
  points: readonly (readonly [time: number, value: number])[],
  { width, height }: PlotOptions,
): string[] {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const values = finite.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [finite[0]?.[0] ?? 0, finite.at(-1)?.[0] ?? 0];
  if (finite.length === 0) return ["(no numbers)"];
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const across = (time: number): number => (last === first ? 0 : ((time - first) / (last - first)) * (width * 2 - 1));
  const up = (value: number): number => (high === low ? 0 : ((value - low) / (high - low)) * (height * 4 - 1));
  const dot = (x: number, y: number): void => {
    const fromTop = height * 4 - 1 - Math.round(y);
    const row = cells[fromTop >> 2];
    const bit = DOTS[(x & 1) as 0 | 1][(fromTop & 3) as 0 | 1 | 2 | 3];
    if (row !== undefined) row[x >> 1] = (row[x >> 1] ?? 0) | bit;
  };
  const gap = MAX_GAP * medianStep(finite);
  for (const [index, [time, value]] of finite.entries()) {
    dot(Math.round(across(time)), up(value));
    const [before, valueBefore] = finite[index - 1] ?? [time, value];
    if (time - before > gap) continue;
    const [from, to] = [across(before), across(time)];
    for (let x = Math.ceil(from); x < to; x++)
      dot(x, up(valueBefore + ((value - valueBefore) * (x - from)) / (to - from)));
  }
  const scale = cells.map((_, row) => scaleAt(row, height, low, high));
  const margin = Math.max(...scale.map(({ length }) => length));
  return cells.map((row, index) => {
    const drawn = String.fromCodePoint(...Array.from(row, (dots) => BLANK + dots));
    return `${(scale[index] ?? "").padStart(margin)} ┤${drawn}`.trimEnd();
  });
}

/** The highest value at the top, the lowest at the bottom, the middle between them. */
function scaleAt(row: number, height: number, low: number, high: number): string {
  if (row === 0) return shown(high);
  if (row === height - 1) return shown(low);
  return row === Math.floor(height / 2) ? shown((low + high) / 2) : "";
}

function medianStep(points: readonly (readonly [time: number, value: number])[]): number {
  const steps = points.slice(1).map(([time], index) => time - (points[index]?.[0] ?? time));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}

const PREFIXES = ["", "k", "M", "G", "T", "P"];

/** `1.42M`, `0.0042`, `3.1e-7` */
function shown(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e18)) return value.toExponential(2);
  const power = size < 1000 ? 0 : Math.floor(Math.log10(size) / 3);
  return `${Number((value / 1000 ** power).toPrecision(4))}${PREFIXES[power] ?? ""}`;
}
