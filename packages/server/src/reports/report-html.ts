/** A report as one page with nothing beside it: no scripts, nothing loaded, one style that its policy knows by its hash. */
import { createHash } from "node:crypto";
import { type ReportChart, reportChartSvg } from "@haltwatch/notify";
import { type DailyReport, dayTitle, type FiredAlert, type ReportSection } from "./daily-report.ts";
import { figureText } from "./report-text.ts";

const STYLE = `:root{color-scheme:light dark;--text:#14181f;--quiet:#565f6d;--grid:#e2e6eb;--line:#0067a8;--raised:#f4f6f8;--paper:#fff;--critical:#b3261e;--warning:#8a5a00}
@media(prefers-color-scheme:dark){:root{--text:#f2f5f8;--quiet:#a5b0bf;--grid:#2a313b;--line:#56b4e9;--raised:#1a2028;--paper:#12161c;--critical:#ff8a80;--warning:#ffc233}}
*{box-sizing:border-box}body{margin:0 auto;padding:20px 16px 40px;max-width:960px;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--paper)}
h1{font-size:1.5rem;line-height:1.2;margin:0}h2{font-size:1.05rem;margin:28px 0 10px;text-transform:capitalize}p{margin:4px 0;color:var(--quiet)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(148px,1fr));gap:10px;margin:0}dl div{background:var(--raised);border-radius:8px;padding:10px 12px}
dt{font-size:.85rem;color:var(--quiet)}dd{margin:0;font-size:1.4rem;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
figure{margin:16px 0 0}figcaption{font-weight:600;margin-bottom:4px}svg{display:block;width:100%;height:auto;font-family:system-ui,sans-serif}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 8px;border-bottom:1px solid var(--grid)}td:last-child,th:last-child{text-align:right;font-variant-numeric:tabular-nums}
.critical{color:var(--critical);font-weight:600}.warning{color:var(--warning);font-weight:600}@media print{body{max-width:none}}`;

/** Only what is in the page itself: the hash is of its style. */
export const REPORT_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** In which a chart is laid out, for a phone: letters stay readable where it is 360 wide. */
const CHART = { width: 480, height: 170, size: 15 };

const COLOURS = { text: "var(--text)", quiet: "var(--quiet)", grid: "var(--grid)", line: "var(--line)" };

export function reportHtml(report: DailyReport): string {
  const { day, sections, alerts, createdMs } = report;
  const [from, to, created] = [day.fromMs, day.toMs, createdMs].map((ms) =>
    new Date(ms).toISOString().slice(0, 16).replace("T", " "),
  );
  const title = `Daily report · ${dayTitle(day)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escaped(REPORT_POLICY.replace(/ frame-ancestors [^;]+;/, ""))}">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<header><h1>Daily report</h1><p>${escaped(dayTitle(day))}</p><p>${from} to ${to} UTC${hoursNote(day.toMs - day.fromMs)}</p></header>
<main>${sections.map(sectionHtml).join("\n")}
<section><h2>Alerts</h2>${alertsHtml(alerts)}</section></main>
<footer><p>Made by Haltwatch, ${created} UTC</p></footer>
</body></html>
`;
}

/** Days on which clocks change are told of: their figures are of fewer hours, or of more. */
function hoursNote(lengthMs: number): string {
  const hours = lengthMs / 3_600_000;
  return hours === 24 ? "" : ` (a day of ${hours} hours)`;
}

function sectionHtml({ title, figures }: ReportSection): string {
  const tiles = figures.map(
    (figure) => `<div><dt>${escaped(figure.title)}</dt><dd>${escaped(figureText(figure))}</dd></div>`,
  );
  const charts = figures.flatMap(({ chart }) => (chart === undefined ? [] : [chartHtml(chart)]));
  return `<section><h2>${escaped(title)}</h2><dl>${tiles.join("")}</dl>${charts.join("")}</section>`;
}

function chartHtml(chart: ReportChart): string {
  const { width, height, size } = CHART;
  const svg = reportChartSvg(chart, { colours: COLOURS, left: 0, right: width, top: 0, bottom: height, size });
  const label = `${chart.title}, over the day`;
  return `<figure><figcaption>${escaped(chart.title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${svg}</svg></figure>`;
}

function alertsHtml(alerts: readonly FiredAlert[] | undefined): string {
  if (alerts === undefined)
    return "<p>Nobody knows: Haltwatch did not watch on this day, or there were too many to count.</p>";
  if (alerts.length === 0) return "<p>None fired.</p>";
  const rows = alerts.map(({ name, severity, count }) => {
    const look = severity === "critical" || severity === "warning" ? ` class="${severity}"` : "";
    return `<tr><td>${escaped(name)}</td><td${look}>${escaped(severity)}</td><td>${count}</td></tr>`;
  });
  return `<table><thead><tr><th>Alert</th><th>Severity</th><th>How many</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
