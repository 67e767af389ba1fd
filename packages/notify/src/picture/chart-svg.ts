/**
 * An alert's picture as SVG. It is read on a phone, where it is some 400 pixels wide: no letter is smaller than 24 of its
 * 900. What cannot be told by colour alone is told in words, too.
 */
import type { AlertChart } from "./alert-chart.ts";
import { chosenLines } from "./chosen-lines.ts";
import { legendHeight, legendSvg } from "./legend-svg.ts";
import { plotSvg } from "./plot-svg.ts";
import { fitted, svgText, textWidth } from "./svg-text.ts";
import { THEMES, type Theme } from "./theme.ts";
import { dayText } from "./time-text.ts";

/** In which the picture is laid out; it is drawn larger, see `rasterize.ts`. */
const WIDTH = 900;

/** With its axes, pixels. The legend's lines come to it. */
const PLOT_HEIGHT = 400;

export const FONT_FAMILY = "DejaVu Sans Condensed";

const MARGIN = 28;
const HEADER = 118;

export function chartSvg(chart: AlertChart): string {
  const theme = THEMES[chart.theme];
  const lines = chosenLines(chart);
  const legendTop = HEADER + PLOT_HEIGHT;
  const height = legendTop + legendHeight(lines) + MARGIN / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="${FONT_FAMILY}" font-size="24">`,
    `<rect width="${WIDTH}" height="${height}" fill="${theme.background}"/>`,
    header(chart, theme),
    plotSvg(chart, { lines: lines.drawn, theme, left: MARGIN, right: WIDTH - MARGIN, top: HEADER, bottom: legendTop }),
    legendSvg(lines, { theme, unit: chart.unit, left: MARGIN, right: WIDTH - MARGIN, top: legendTop }),
    "</svg>",
  ].join("");
}

/** What fires, how bad it is, where, and on which day. */
function header({ title, where, level, fromMs, toMs, resolvedAtMs }: AlertChart, theme: Theme): string {
  const look = theme.levels[resolvedAtMs === undefined ? level : "resolved"];
  const badge = resolvedAtMs === undefined ? level.toUpperCase() : "RESOLVED";
  const badgeWidth = textWidth(badge, 24) + 24;
  const badgeLeft = WIDTH - MARGIN - badgeWidth;
  const day = `${dayText(fromMs, toMs)} UTC`;
  const name = svgText(fitted(title, badgeLeft - MARGIN - 20, 36));
  const place = svgText(fitted(where, WIDTH - 2 * MARGIN - textWidth(day, 24) - 24, 26));
  return [
    `<rect width="${WIDTH}" height="10" fill="${look.fill}"/>`,
    `<text x="${MARGIN}" y="58" font-size="36" font-weight="700" fill="${theme.text}">${name}</text>`,
    `<rect x="${badgeLeft}" y="27" width="${badgeWidth}" height="38" rx="8" fill="${look.fill}"/>`,
    `<text x="${badgeLeft + badgeWidth / 2}" y="54.5" text-anchor="middle" font-weight="700" fill="${look.text}">${badge}</text>`,
    `<text x="${MARGIN}" y="97" font-size="26" fill="${theme.quiet}">${place}</text>`,
    `<text x="${WIDTH - MARGIN}" y="97" text-anchor="end" fill="${theme.quiet}">${day}</text>`,
  ].join("");
}
