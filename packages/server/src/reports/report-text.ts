/** A report in words, for chats and terminals, and the plain data of its picture. */
import { formatValue, type ReportPicture } from "@haltwatch/notify";
import { type DailyReport, dayTitle, type ReportFigure } from "./daily-report.ts";

/** `51`, `2.3 %`; a dash where nobody knows. */
export function figureText({ value, unit }: ReportFigure): string {
  return value === undefined ? "–" : formatValue(value, unit);
}

export function reportHeadline({ day }: DailyReport): string {
  return `Daily report · ${dayTitle(day)}`;
}

/** A line for each figure that is known, and one for the alerts. */
export function reportLines({ sections, alerts = [] }: DailyReport): string[] {
  const figures = sections.flatMap((section) => section.figures);
  const known = figures.filter(({ value }) => value !== undefined);
  const fired = alerts.slice(0, 5).map(({ name, count }) => (count === 1 ? name : `${name} × ${count}`));
  if (known.length === 0) return ["Nothing is known of this day: nobody watched"];
  return [
    ...known.map((figure) => `${figure.title}: ${figureText(figure)}`),
    ...(fired.length === 0 ? [] : [`Fired: ${fired.join(", ")}${alerts.length > 5 ? ", …" : ""}`]),
  ];
}

export function reportPicture(report: DailyReport): ReportPicture {
  const figures = report.sections.flatMap((section) => section.figures);
  return {
    title: "Daily report",
    where: dayTitle(report.day),
    figures: figures
      .filter(({ value }) => value !== undefined)
      .map((figure) => ({ title: figure.title, value: figureText(figure) })),
    charts: figures.flatMap(({ chart }) => (chart === undefined ? [] : [chart])),
  };
}
