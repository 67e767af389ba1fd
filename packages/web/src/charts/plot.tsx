/**
 * A uPlot that lives as long as its panel: new data is handed to it, only another structure makes a new one. It follows the size of its
 * place, and tells what it shows to people who do not see it.
 */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./charts.css";
import type { Size } from "./use-size.ts";

export interface PlotProps {
  readonly size: Size;
  /** Changes when {@link make} would make something else than before. */
  readonly structure: string;
  readonly make: () => Omit<uPlot.Options, "width" | "height">;
  readonly data: uPlot.AlignedData;
  /** Of time, in milliseconds since 1970. */
  readonly range: { readonly from: number; readonly to: number };
  /** What it shows, in a sentence or two. */
  readonly summary: string;
  /** Drawn again when it changes, without new data. */
  readonly decoration?: unknown;
}

export function Plot({ size, structure, make, data, range, summary, decoration }: PlotProps): JSX.Element {
  const place = useRef<HTMLElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { width, height } = size;
  const hasRoom = width > 20 && height > 20;

  // A new structure is the only reason for a new plot.
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || !hasRoom) return;
    const made = new uPlot({ ...make(), width, height }, data, element);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [structure, hasRoom]);

  useEffect(() => {
    const made = plot.current;
    if (made !== undefined && hasRoom && (made.width !== width || made.height !== height))
      made.setSize({ width, height });
  }, [width, height, hasRoom]);

  useEffect(() => {
    const made = plot.current;
    if (made === undefined) return;
    made.batch(() => {
      made.setData(data, false);
      made.setScale("x", { min: range.from, max: range.to });
    });
  }, [data, range]);

  useEffect(() => {
    plot.current?.redraw(false, false);
  }, [decoration]);

  useEffect(() => {
    const element = place.current;
    const onKey = (event: KeyboardEvent): void => {
      if (plot.current !== undefined && moveCrosshair(plot.current, event.key)) event.preventDefault();
    };
    element?.addEventListener("keydown", onKey);
    return () => element?.removeEventListener("keydown", onKey);
  }, []);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair
    <figure class="hw-chart-plot" aria-label={summary} tabIndex={0} ref={place} />
  );
}

/** @returns whether the key was one of ours */
function moveCrosshair(plot: uPlot, key: string): boolean {
  const by = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const times = plot.data[0];
  if (by === 0 || times.length === 0) return false;
  const at = plot.cursor.idx ?? (by < 0 ? times.length : -1);
  const next = Math.max(0, Math.min(times.length - 1, at + by));
  plot.setCursor({ left: plot.valToPos(times[next] ?? 0, "x"), top: plot.over.clientHeight / 2 }, true);
  return true;
}
