/**
 * Lines, steps, curves and bars as paths. Made for typed arrays with `NaN` where nothing is: uPlot's own builders want `null` there, which
 * would cost an object for each number. Points closer than a pixel are drawn as the span they cover.
 */

/** Where the path goes: a canvas's path, or one that tests look at. */
export interface PathTarget {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  closePath(): void;
}

export interface LineData {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** What the area reaches down to; `undefined`: {@link LineScale.base}. */
  readonly below?: ArrayLike<number> | undefined;
}

export interface LineScale {
  /** Time to pixels. */
  readonly x: (time: number) => number;
  /** Value to pixels; may be `NaN`. */
  readonly y: (value: number) => number;
  /** Where areas and bars begin, in pixels. */
  readonly base: number;
}

export type Interpolation = "linear" | "smooth" | "stepBefore" | "stepAfter";

export interface LineOptions {
  readonly interpolation: Interpolation;
  /** Milliseconds of missing values over which the line still goes; infinite: over all. */
  readonly spans: number;
  /** Milliseconds between values from which on the line is cut. */
  readonly cutsAfter: number;
  /** Part of the data to draw. */
  readonly from: number;
  readonly to: number;
}

/** @param area closed below, may be the same data drawn again */
export function drawLine(
  line: PathTarget,
  area: PathTarget | undefined,
  data: LineData,
  scale: LineScale,
  options: LineOptions,
): void {
  const most = Math.max(0, options.to - options.from + 1);
  const xs = new Float64Array(most);
  const ys = new Float64Array(most);
  // Where the other edge is worked out, each point's place is wanted.
  const places = area === undefined || data.below === undefined ? undefined : new Int32Array(most);
  let length = 0;
  let last = -1;
  const flush = (): void => {
    if (length > 0) {
      const run = { xs: xs.subarray(0, length), ys: ys.subarray(0, length), places: places?.subarray(0, length) };
      drawRun(line, area, run, data, scale, options.interpolation);
    }
    length = 0;
  };
  for (let index = options.from; index <= options.to; index++) {
    const value = data.values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const time = data.times[index] ?? 0;
    if (last !== -1) {
      const away = time - (data.times[last] ?? 0);
      const isGap = index - last > 1 && away > options.spans;
      if (isGap || away > options.cutsAfter) flush();
    }
    xs[length] = scale.x(time);
    ys[length] = scale.y(value);
    if (places !== undefined) places[length] = index;
    length++;
    last = index;
  }
  flush();
}

/** Points that follow each other without a gap, in pixels. */
interface Run {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** In the data; `undefined`: nobody asks. */
  readonly places: Int32Array | undefined;
}

function drawRun(
  line: PathTarget,
  area: PathTarget | undefined,
  { xs, ys, places }: Run,
  data: LineData,
  scale: LineScale,
  interpolation: Interpolation,
): void {
  trace(line, xs, ys, interpolation, true);
  if (area === undefined) return;
  trace(area, xs, ys, interpolation, true);
  const first = xs[0] ?? 0;
  const end = xs.at(-1) ?? 0;
  if (data.below === undefined || places === undefined) {
    area.lineTo(end, scale.base);
    area.lineTo(first, scale.base);
  } else {
    const backX = xs.toReversed();
    const backY = new Float64Array(xs.length);
    for (let index = 0; index < xs.length; index++) {
      const under = data.below[places[xs.length - 1 - index] ?? 0] ?? Number.NaN;
      backY[index] = Number.isFinite(under) ? scale.y(under) : scale.base;
    }
    const turned =
      interpolation === "stepAfter" ? "stepBefore" : interpolation === "stepBefore" ? "stepAfter" : interpolation;
    trace(area, backX, backY, turned, false);
  }
  area.closePath();
}

function trace(
  path: PathTarget,
  xs: Float64Array,
  ys: Float64Array,
  interpolation: Interpolation,
  begins: boolean,
): void {
  if (interpolation === "smooth" && xs.length > 2) {
    traceCurve(path, xs, ys, begins);
    return;
  }
  const count = xs.length;
  let pixel = Number.NaN;
  let least = 0;
  let most = 0;
  for (let index = 0; index < count; index++) {
    const x = xs[index] ?? 0;
    const y = ys[index] ?? 0;
    if (index === 0) {
      if (begins) path.moveTo(x, y);
      else path.lineTo(x, y);
      // A single point would leave no mark.
      if (count === 1) path.lineTo(x + 0.01, y);
    } else if (interpolation === "stepAfter") {
      path.lineTo(x, ys[index - 1] ?? y);
      path.lineTo(x, y);
    } else if (interpolation === "stepBefore") {
      path.lineTo(xs[index - 1] ?? x, y);
      path.lineTo(x, y);
    } else {
      const column = Math.floor(x);
      if (column === pixel && index < count - 1) {
        // Many points in one column: its least and its most say all that can be seen.
        if (y < least) {
          least = y;
          path.lineTo(x, y);
        } else if (y > most) {
          most = y;
          path.lineTo(x, y);
        }
        continue;
      }
      // Back to where the column ended before going on.
      if (column !== pixel) path.lineTo(xs[index - 1] ?? x, ys[index - 1] ?? y);
      path.lineTo(x, y);
      pixel = column;
      least = y;
      most = y;
    }
  }
}

/** A monotone cubic: it never goes above or below the points on both sides (Fritsch and Carlson, 1980). */
function traceCurve(path: PathTarget, xs: Float64Array, ys: Float64Array, begins: boolean): void {
  const count = xs.length;
  const slopes = new Float64Array(count);
  const secant = (index: number): number => {
    const width = (xs[index + 1] ?? 0) - (xs[index] ?? 0);
    return width === 0 ? 0 : ((ys[index + 1] ?? 0) - (ys[index] ?? 0)) / width;
  };
  slopes[0] = secant(0);
  slopes[count - 1] = secant(count - 2);
  for (let index = 1; index < count - 1; index++) {
    const before = secant(index - 1);
    const after = secant(index);
    slopes[index] = before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  }
  if (begins) path.moveTo(xs[0] ?? 0, ys[0] ?? 0);
  else path.lineTo(xs[0] ?? 0, ys[0] ?? 0);
  for (let index = 1; index < count; index++) {
    const x0 = xs[index - 1] ?? 0;
    const x1 = xs[index] ?? 0;
    const third = (x1 - x0) / 3;
    const y0 = (ys[index - 1] ?? 0) + (slopes[index - 1] ?? 0) * third;
    const y1 = (ys[index] ?? 0) - (slopes[index] ?? 0) * third;
    path.bezierCurveTo(x0 + third, y0, x1 - third, y1, x1, ys[index] ?? 0);
  }
}

/** @param width of a bar in pixels @param alignment -1: it ends at its time, 0: it stands over it, 1: it begins there */
export function drawBars(
  path: PathTarget,
  data: LineData,
  scale: LineScale,
  { width, alignment, from, to }: { width: number; alignment: number; from: number; to: number },
): void {
  const shift = alignment < 0 ? -width : alignment > 0 ? 0 : -width / 2;
  for (let index = from; index <= to; index++) {
    const value = data.values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const y = scale.y(value);
    const under = data.below?.[index];
    const base = under !== undefined && Number.isFinite(under) ? scale.y(under) : scale.base;
    if (!Number.isFinite(y)) continue;
    path.rect(scale.x(data.times[index] ?? 0) + shift, Math.min(y, base), Math.max(1, width), Math.abs(base - y));
  }
}
