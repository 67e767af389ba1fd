/** What stands at `/`: how things are, in plain words. It is made anew for each request, and asks for itself every five seconds. */
import { type Pause, printScope } from "@haltwatch/guard";
import type { Alert } from "@haltwatch/rules";

export interface HomePageView {
  readonly pauses: readonly Pause[];
  readonly alerts: readonly Alert[];
  readonly targets: readonly {
    readonly name: string;
    readonly health: string;
    readonly lastError: string;
    readonly lastScrapeMs: number | undefined;
  }[];
  readonly failedRules: readonly { readonly name: string; readonly error: string }[];
  readonly nowMs: number;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fbfcfd}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde3e8;vertical-align:top}
.firing,.down,.err{color:#a4161a;font-weight:600}.pending,.unknown{color:#7a5c00}.up,.good{color:#14683b}code{font-size:.9em}
@media(prefers-color-scheme:dark){body{background:#12181f;color:#dfe6ec}td,th{border-color:#2b3742}.firing,.down,.err{color:#ff8a8a}.pending,.unknown{color:#e8c547}.up,.good{color:#6fd39b}a{color:#8ab8ff}}`;

/** The page, and the policy that lets its own style through. */
export function homePage(view: HomePageView): {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width"><title>${titleOf(view)}</title><style>${STYLE}</style></head><body>
<h1>${titleOf(view)}</h1>
${
  view.pauses.length === 0
    ? ""
    : section(
        "Paused",
        ["state", "what", "why", "by", "since"],
        view.pauses.map((pause) => pauseRow(pause, view.nowMs)),
        "",
      )
}
${section(
  "Alerts",
  ["state", "alert", "what", "since"],
  view.alerts.map((alert) => alertRow(alert, view.nowMs)),
  "None.",
)}
${section(
  "Targets",
  ["state", "target", "last scraped", "what is wrong"],
  view.targets.map((target) => targetRow(target, view.nowMs)),
  "None: name some in haltwatch.toml, under scrape_configs.",
)}
${
  view.failedRules.length === 0
    ? ""
    : section(
        "Rules that fail",
        ["", "rule", "why"],
        view.failedRules.map(({ name, error }) => [cell("failed", "err"), cell(name), cell(error)]),
        "",
      )
}
<p>This is the plain page. <code>npm run build</code> in the checkout, then a restart, gives the whole one.</p>
<p>Ask it: <a href="/api/v1/query?query=up">/api/v1/query</a>, or <code>npx haltwatch query up</code>.
It is a Prometheus data source for Grafana. Its own <a href="/metrics">metrics</a>.
${new Date(view.nowMs).toISOString()}</p></body></html>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
  return { html, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy } };
}

function titleOf({ alerts, targets, failedRules, pauses }: HomePageView): string {
  const firing = alerts.filter(({ state }) => state === "firing").length;
  const down = targets.filter(({ health }) => health === "down").length;
  const parts = [
    ...(pauses.length > 0 ? [`paused: ${[...new Set(pauses.map(({ scope }) => printScope(scope)))].join("; ")}`] : []),
    ...(firing > 0 ? [`${firing} ${firing === 1 ? "alert fires" : "alerts fire"}`] : []),
    ...(down > 0 ? [`${down} of ${targets.length} targets ${down === 1 ? "does" : "do"} not answer`] : []),
    ...(failedRules.length > 0 ? [`${failedRules.length} rules fail`] : []),
  ];
  return parts.length === 0 ? "Haltwatch: all is well" : `Haltwatch: ${parts.join(", ")}`;
}

function section(title: string, heads: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return `<h2>${title}</h2><p>${empty}</p>`;
  const head = heads.map((text) => `<th>${text}</th>`).join("");
  return `<h2>${title}</h2><table><tr>${head}</tr>${rows.map((cells) => `<tr>${cells.join("")}</tr>`).join("")}</table>`;
}

function pauseRow({ state, scope, reason, by, rule, timeMs }: Pause, nowMs: number): string[] {
  const who = rule === undefined ? by : `${by}: ${rule}`;
  return [cell(state, "firing"), cell(printScope(scope)), cell(reason), cell(who), cell(ago(timeMs, nowMs))];
}

function alertRow({ labels, state, annotations, activeAtMs }: Alert, nowMs: number): string[] {
  const what = annotations.get("summary") ?? labels.toString();
  const toDo = annotations.get("description");
  return [
    cell(state, state),
    cell(labels.get("alertname")),
    cell(toDo === undefined ? what : `${what}. ${toDo}`),
    cell(ago(activeAtMs, nowMs)),
  ];
}

function targetRow(
  { name, health, lastError, lastScrapeMs }: HomePageView["targets"][number],
  nowMs: number,
): string[] {
  return [
    cell(health, health),
    cell(name),
    cell(lastScrapeMs === undefined ? "not yet" : ago(lastScrapeMs, nowMs)),
    cell(lastError),
  ];
}

function cell(text: string, kind?: string): string {
  return `<td${kind === undefined ? "" : ` class="${kind}"`}>${escaped(text)}</td>`;
}

function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
