/** A small line without axes: where something has gone in a day. */
import type { JSX } from "preact";

export interface SparkLineProps {
  /** Unix seconds, value; in order of time. */
  readonly points: readonly (readonly [number, number])[];
  readonly label: string;
}

const WIDTH = 240;
const HEIGHT = 48;
const INSET = 3;

export function SparkLine({ points, label }: SparkLineProps): JSX.Element {
  const drawn = points.filter(([, value]) => Number.isFinite(value));
  const values = drawn.map(([, value]) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [from, to] = [drawn[0]?.[0] ?? 0, drawn.at(-1)?.[0] ?? 1];
  const x = (time: number): number => ((time - from) / Math.max(1, to - from)) * WIDTH;
  const y = (value: number): number => INSET + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 2 * INSET);
  const line = drawn.map(
    ([time, value], index) => `${index === 0 ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const tone = (values.at(-1) ?? 0) < (values[0] ?? 0) ? "down" : "up";
  return (
    <svg
      class={`hw-spark hw-spark-${tone}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="hw-spark-zero" d={`M0 ${y(0).toFixed(1)}H${WIDTH}`} />
      <path class="hw-spark-area" d={`${line.join("")}V${y(0).toFixed(1)}H0Z`} />
      <path class="hw-spark-line" d={line.join("")} />
    </svg>
  );
}
