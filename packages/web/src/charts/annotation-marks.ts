/** Annotations as lines over a chart, with marks below it that say what happened when they are pointed at or focused. */
import type uPlot from "uplot";
import { colorOf, type Theme, withOpacity } from "../format/color.ts";
import { systemTime, type TimeZone } from "../format/date-time.ts";
import type { Annotation } from "../panels/panel-body.ts";

const MAX_MARKS = 200;

export function annotationPlugin(
  current: () => readonly Annotation[],
  look: () => { readonly theme: Theme; readonly timeZone: TimeZone },
): uPlot.Plugin {
  const marks: HTMLButtonElement[] = [];
  const inView = (plot: uPlot): readonly Annotation[] => {
    const { min = 0, max = 0 } = plot.scales["x"] ?? {};
    return current()
      .filter(({ from, to }) => to >= (min ?? 0) && from <= (max ?? 0))
      .slice(0, MAX_MARKS);
  };
  return {
    hooks: {
      // Below the data, which keeps its colours.
      drawClear: (plot) => drawSpans(plot, inView(plot), look().theme),
      draw: (plot) => {
        const { theme, timeZone } = look();
        const shown = inView(plot);
        drawLines(plot, shown, theme);
        while (marks.length > shown.length) marks.pop()?.remove();
        for (const [index, annotation] of shown.entries()) {
          const mark = marks[index] ?? addMark(plot, marks);
          const words = annotationText(annotation, timeZone);
          mark.style.left = `${Math.max(0, plot.valToPos(annotation.from, "x"))}px`;
          mark.style.background = colorOf(annotation.color, theme);
          if (mark.title !== words) {
            mark.title = words;
            mark.setAttribute("aria-label", words);
          }
        }
      },
    },
  };
}

function addMark(plot: uPlot, marks: HTMLButtonElement[]): HTMLButtonElement {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "hw-chart-mark";
  plot.over.append(mark);
  marks.push(mark);
  return mark;
}

function annotationText({ from, to, title, text, tags, name }: Annotation, timeZone: TimeZone): string {
  const time = to > from ? `${systemTime(from, timeZone)} to ${systemTime(to, timeZone)}` : systemTime(from, timeZone);
  return [time, title || name, text, tags.join(", ")].filter((part) => part !== "").join(" · ");
}

function drawLines({ ctx, bbox, valToPos }: uPlot, annotations: readonly Annotation[], theme: Theme): void {
  if (annotations.length === 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { from, to, color } of annotations) {
    const shown = colorOf(color, theme);
    const left = valToPos(from, "x", true);
    ctx.strokeStyle = shown;
    line(ctx, left, bbox);
    if (to > from) line(ctx, valToPos(to, "x", true), bbox);
  }
  ctx.restore();
}

function drawSpans({ ctx, bbox, valToPos }: uPlot, annotations: readonly Annotation[], theme: Theme): void {
  const colors = Map.groupBy(
    annotations.filter(({ from, to }) => to > from),
    ({ color }) => color,
  );
  for (const [color, spans] of colors) {
    // One path for all of a colour: where they overlap it is not drawn twice.
    ctx.beginPath();
    for (const { from, to } of spans) {
      const left = Math.max(bbox.left, valToPos(from, "x", true));
      const right = Math.min(bbox.left + bbox.width, valToPos(to, "x", true));
      if (right > left) ctx.rect(left, bbox.top, right - left, bbox.height);
    }
    ctx.fillStyle = withOpacity(colorOf(color, theme), 0.1);
    ctx.fill();
  }
}

function line(ctx: CanvasRenderingContext2D, x: number, { top, height }: uPlot.BBox): void {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
}
