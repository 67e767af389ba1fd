/** Alerts that are pending or firing now. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { countOf, isObject, type Json, type JsonObject, textOf } from "../../dashboard/json.ts";
import { fromNow } from "../../format/date-time.ts";
import type { PanelBodyProps } from "../panel-body.ts";

const MAX_ALERTS = 500;

interface Alert {
  readonly name: string;
  readonly state: string;
  readonly severity: string;
  readonly since: number;
  readonly labels: string;
  readonly summary: string;
}

export function AlertList({ panel: { options, title }, context: { api, now } }: PanelBodyProps): JSX.Element {
  const [alerts, setAlerts] = useState<readonly Alert[] | string>("Loading");
  // Asked again with each refresh, which moves `now`.
  useEffect(() => {
    const controller = new AbortController();
    api.get("/api/v1/alerts", {}, { signal: controller.signal }).then(
      (answer) => setAlerts(alertsOf(answer as Json)),
      (error: unknown) => {
        if (!controller.signal.aborted) setAlerts(error instanceof Error ? error.message : String(error));
      },
    );
    return () => controller.abort();
  }, [api, now]);
  if (typeof alerts === "string") return <p class="hw-panel-note">{alerts}</p>;
  const most = countOf(options["maxItems"], { least: 1, most: MAX_ALERTS, otherwise: 20 });
  if (alerts.length === 0) return <p class="hw-panel-note">No alert is pending or firing.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <figure class="hw-panel-logs" tabIndex={0} aria-label={title === "" ? "Alerts" : title}>
      <ul>
        {alerts.slice(0, most).map((alert) => (
          <li
            key={`${alert.name} ${alert.labels}`}
            data-severity={alert.state === "firing" ? alert.severity : "pending"}
          >
            <strong>{alert.name}</strong> <span class="hw-panel-alert-state">{alert.state}</span>{" "}
            {Number.isNaN(alert.since) ? "" : fromNow(alert.since, now)}
            <div>{alert.summary === "" ? alert.labels : alert.summary}</div>
          </li>
        ))}
      </ul>
      {alerts.length > most ? <p>{`and ${alerts.length - most} more`}</p> : null}
    </figure>
  );
}

function alertsOf(answer: Json): readonly Alert[] {
  const list = isObject(answer) && Array.isArray(answer["alerts"]) ? (answer["alerts"] as readonly Json[]) : [];
  const rank = ({ state, severity }: Alert): number =>
    (state === "firing" ? 0 : 10) + Math.max(0, ["critical", "warning", "info"].indexOf(severity));
  return list
    .slice(0, MAX_ALERTS)
    .filter(isObject)
    .map(alertOf)
    .sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

function alertOf({ labels, annotations, state, activeAt }: JsonObject): Alert {
  const named = isObject(labels) ? labels : {};
  const said = isObject(annotations) ? annotations : {};
  const rest = Object.entries(named).filter(([name]) => name !== "alertname" && name !== "severity");
  return {
    name: textOf(named["alertname"], 200) ?? "",
    state: textOf(state, 50) ?? "",
    severity: textOf(named["severity"], 50) ?? "",
    since: Date.parse(textOf(activeAt, 100) ?? ""),
    labels: rest.map(([name, value]) => `${name}=${textOf(value, 200) ?? ""}`).join(", "),
    summary: textOf(said["summary"], 1000) ?? textOf(said["description"], 1000) ?? "",
  };
}
