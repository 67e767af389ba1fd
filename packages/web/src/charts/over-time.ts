/** What charts over time have in common under the pointer: a crosshair that they share, and zoom by drag. */
import type uPlot from "uplot";

/** Narrower, a drag is a click whose hand shook, CSS pixels. */
const MIN_DRAG = 4;

export interface Crosshair {
  readonly crosshair: "alone" | "shared" | "tooltip";
  /** Charts with the same one share it. */
  readonly crosshairGroup: string;
}

/** The part of uPlot's `cursor` that lets it follow other charts' pointers. */
export function crosshairSync({ crosshair, crosshairGroup }: Crosshair): Pick<uPlot.Cursor, "sync"> {
  return crosshair === "alone" ? {} : { sync: { key: crosshairGroup, setSeries: false, scales: ["x", null] } };
}

/** For uPlot's hook `setSelect`. @param onZoom told of the times that were dragged over, Unix milliseconds */
export function zoomByDrag(
  onZoom: (chosen: { readonly from: number; readonly to: number }) => void,
): (plot: uPlot) => void {
  return (plot) => {
    const { left, width } = plot.select;
    if (width < MIN_DRAG) return;
    const chosen = {
      from: Math.round(plot.posToVal(left, "x")),
      to: Math.round(plot.posToVal(left + width, "x")),
    };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    onZoom(chosen);
  };
}
