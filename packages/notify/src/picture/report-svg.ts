/** A report's picture as SVG, for chats: figures in large letters, and how two of them went over the day. Read on a phone. */
import { FONT_FAMILY } from "./chart-svg.ts";
import { reportChartSvg } from "./report-chart-svg.ts";
import type { ReportChart, ReportPicture, ReportTile } from "./report-picture.ts";
import { fitted, svgText } from "./svg-text.ts";
import { THEMES } from "./theme.ts";

/** In which the picture is laid out; it is drawn larger, see `rasterize.ts`. */
const WIDTH = 900;

const MARGIN = 28;
const HEADER = 118;
const TILE_HEIGHT = 96;
const TILE_GAP = 16;
const COLUMNS = 2;
const CHART_HEIGHT = 260;

const THEME = THEMES.light;

export function reportSvg({ title, where, figures, charts }: ReportPicture): string {
  const rows = Math.ceil(figures.length / COLUMNS);
  const chartsTop = HEADER + rows * (TILE_HEIGHT + TILE_GAP);
  const height = chartsTop + charts.length * CHART_HEIGHT + MARGIN / 2;
  const width = (WIDTH - 2 * MARGIN - TILE_GAP * (COLUMNS - 1)) / COLUMNS;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="${FONT_FAMILY}" font-size="24">`,
    `<rect width="${WIDTH}" height="${height}" fill="${THEME.background}"/>`,
    `<rect width="${WIDTH}" height="10" fill="${THEME.levels.info.fill}"/>`,
    `<text x="${MARGIN}" y="58" font-size="36" font-weight="700" fill="${THEME.text}">${svgText(fitted(title, WIDTH - 2 * MARGIN, 36))}</text>`,
    `<text x="${MARGIN}" y="97" font-size="26" fill="${THEME.quiet}">${svgText(fitted(where, WIDTH - 2 * MARGIN, 26))}</text>`,
    ...figures.map((figure, at) => {
      const left = MARGIN + (at % COLUMNS) * (width + TILE_GAP);
      return tile(figure, left, HEADER + Math.floor(at / COLUMNS) * (TILE_HEIGHT + TILE_GAP), width);
    }),
    ...charts.map((chart, at) => chartPart(chart, chartsTop + at * CHART_HEIGHT)),
    "</svg>",
  ].join("");
}

function tile({ title, value }: ReportTile, left: number, top: number, width: number): string {
  const room = width - 32;
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${TILE_HEIGHT}" rx="10" fill="${THEME.grid}" fill-opacity="0.45"/>`,
    `<text x="${left + 16}" y="${top + 34}" font-size="24" fill="${THEME.quiet}">${svgText(fitted(title, room, 24))}</text>`,
    `<text x="${left + 16}" y="${top + 78}" font-size="38" font-weight="700" fill="${THEME.text}">${svgText(fitted(value, room, 38))}</text>`,
  ].join("");
}

function chartPart(chart: ReportChart, top: number): string {
  const { text, quiet, grid, lines } = THEME;
  const colours = { text, quiet, grid, line: lines[0] ?? text };
  const title = svgText(fitted(chart.title, WIDTH - 2 * MARGIN, 26));
  return [
    `<text x="${MARGIN}" y="${top + 34}" font-size="26" font-weight="700" fill="${text}">${title}</text>`,
    reportChartSvg(chart, {
      colours,
      left: MARGIN,
      right: WIDTH - MARGIN,
      top: top + 44,
      bottom: top + CHART_HEIGHT - 8,
      size: 24,
    }),
  ].join("");
}
