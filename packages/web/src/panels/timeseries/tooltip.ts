/** What the series are worth where the pointer is. Built of nodes by hand: it moves with every movement of the pointer. */
import type uPlot from "uplot";
import { systemTime, type TimeZone } from "../../format/date-time.ts";
import type { AlignedSeries } from "./aligned.ts";

export interface TooltipOptions {
  readonly mode: "single" | "multi" | "none";
  readonly sort: "none" | "asc" | "desc";
  readonly hidesZeros: boolean;
  readonly timeZone: TimeZone;
  /** Whether it is also shown for a crosshair that comes from another chart. */
  readonly isShared: boolean;
}

const MAX_ROWS = 30;

export function tooltipPlugin(current: () => AlignedSeries, options: () => TooltipOptions): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "hw-chart-tooltip";
  box.hidden = true;
  let isInside = false;
  let isFocused = false;
  return {
    hooks: {
      ready: (plot) => {
        document.body.append(box);
        plot.over.addEventListener("mouseenter", () => {
          isInside = true;
        });
        plot.over.addEventListener("mouseleave", () => {
          isInside = false;
          box.hidden = true;
        });
        plot.root.parentElement?.addEventListener("focusin", () => {
          isFocused = true;
        });
        plot.root.parentElement?.addEventListener("focusout", () => {
          isFocused = false;
          box.hidden = true;
        });
      },
      destroy: () => box.remove(),
      setCursor: (plot) => {
        const { mode, isShared } = options();
        const { idx, left = -1, top = -1 } = plot.cursor;
        if (mode === "none" || idx === null || idx === undefined || left < 0 || !(isInside || isFocused || isShared)) {
          box.hidden = true;
          return;
        }
        const rows = rowsAt(plot, current(), idx, top, options());
        if (rows.length === 0) {
          box.hidden = true;
          return;
        }
        box.replaceChildren(head(systemTime(plot.data[0][idx] ?? 0, options().timeZone)), ...rows);
        box.hidden = false;
        place(box, plot.over.getBoundingClientRect(), left, top);
      },
    },
  };
}

function rowsAt(
  plot: uPlot,
  { series }: AlignedSeries,
  index: number,
  top: number,
  options: TooltipOptions,
): HTMLElement[] {
  const found = series.flatMap((one, place) => {
    const value = one.own[index] ?? Number.NaN;
    const isShown = plot.series[place + 1]?.show !== false && one.style.isInTooltip && !one.style.isHidden;
    if (!isShown || Number.isNaN(value) || (options.hidesZeros && value === 0)) return [];
    const drawn = plot.valToPos(one.values[index] ?? value, plot.series[place + 1]?.scale ?? "y");
    return [{ one, value, away: Math.abs(drawn - top) }];
  });
  const nearest = found.reduce<(typeof found)[number] | undefined>(
    (best, entry) => (best === undefined || entry.away < best.away ? entry : best),
    undefined,
  );
  if (options.mode === "single") return nearest === undefined ? [] : [row(nearest.one.field, nearest.value, true)];
  if (options.sort !== "none") found.sort((a, b) => (options.sort === "asc" ? a.value - b.value : b.value - a.value));
  const rows = found.slice(0, MAX_ROWS).map((entry) => row(entry.one.field, entry.value, entry === nearest));
  if (found.length > MAX_ROWS) rows.push(head(`and ${found.length - MAX_ROWS} more`));
  return rows;
}

function row(field: AlignedSeries["series"][number]["field"], value: number, isNear: boolean): HTMLElement {
  const line = document.createElement("div");
  line.className = isNear ? "hw-chart-tooltip-row hw-chart-tooltip-row-near" : "hw-chart-tooltip-row";
  const swatch = document.createElement("span");
  swatch.className = "hw-chart-swatch";
  swatch.style.background = field.color;
  const name = document.createElement("span");
  name.className = "hw-chart-tooltip-name";
  name.textContent = field.shownName;
  const shown = document.createElement("span");
  shown.textContent = field.show(value).text;
  line.append(swatch, name, shown);
  return line;
}

function head(text: string): HTMLElement {
  const line = document.createElement("div");
  line.className = "hw-chart-tooltip-time";
  line.textContent = text;
  return line;
}

/** Beside the pointer, on the side with more room. */
function place(box: HTMLElement, over: DOMRect, left: number, top: number): void {
  const x = over.left + left;
  const y = over.top + top;
  const { offsetWidth, offsetHeight } = box;
  const isRight = x + 16 + offsetWidth < innerWidth;
  box.style.left = `${Math.max(4, isRight ? x + 16 : x - 16 - offsetWidth)}px`;
  box.style.top = `${Math.max(4, Math.min(y + 8, innerHeight - offsetHeight - 4))}px`;
}
