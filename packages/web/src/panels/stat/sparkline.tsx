/** The course of a value behind it: small, without axes, drawn anew with each refresh. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawLine } from "../../charts/line-path.ts";
import type { Size } from "../../charts/use-size.ts";
import { withOpacity } from "../../format/color.ts";

export interface SparklineProps {
  readonly times: ArrayLike<number>;
  readonly values: Float64Array;
  readonly color: string;
  readonly size: Size;
}

export function Sparkline({ times, values, color, size }: SparklineProps): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null);
  const width = Math.max(1, Math.floor(size.width));
  const height = Math.max(1, Math.floor(size.height * 0.45));
  useEffect(() => {
    const canvas = ref.current;
    const ctx = canvas?.getContext("2d");
    if (!canvas || !ctx) return;
    const ratio = devicePixelRatio;
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (!(min <= max)) return;
    const from = times[0] ?? 0;
    const span = (times[times.length - 1] ?? 1) - from || 1;
    const room = max - min || 1;
    const line = new Path2D();
    const area = new Path2D();
    const scale = {
      x: (time: number) => ((time - from) / span) * width,
      y: (value: number) => 2 + (1 - (value - min) / room) * (height - 4),
      base: height,
    };
    drawLine(line, area, { times, values }, scale, {
      interpolation: "linear",
      spans: Number.POSITIVE_INFINITY,
      cutsAfter: Number.POSITIVE_INFINITY,
      from: 0,
      to: values.length - 1,
    });
    ctx.fillStyle = withOpacity(color, 0.15);
    ctx.fill(area);
    ctx.strokeStyle = withOpacity(color, 0.7);
    ctx.lineWidth = 1;
    ctx.stroke(line);
  });
  return <canvas class="hw-panel-sparkline" ref={ref} style={{ width: `${width}px`, height: `${height}px` }} />;
}
