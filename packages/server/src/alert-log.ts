/** What the log says of alerts. One that fires is an error there, so that nobody who has only the log misses it (row A5). */
import type { JsonLog } from "@haltwatch/bot";
import type { AlertChange } from "./rules/alert-changes.ts";

export function logAlert(log: JsonLog, { kind, alert, timeMs }: AlertChange): void {
  const { alertname, severity, ...labels } = alert.labels.toObject();
  const fields = {
    alert: alertname,
    severity,
    labels,
    value: alert.value,
    summary: alert.annotations.get("summary"),
    what_to_do: alert.annotations.get("description"),
    since: new Date(alert.activeAtMs).toISOString(),
    at: new Date(timeMs).toISOString(),
  };
  switch (kind) {
    case "pending":
      log.debug("alert_pending", fields);
      return;
    case "firing":
      log.error("alert_firing", fields);
      return;
    case "no-data":
      log.error("alert_without_data", {
        ...fields,
        note: "its series have vanished: nobody can tell whether it is over",
      });
      return;
    case "resolved":
      log.info("alert_resolved", fields);
      return;
    case "ended-without-data":
      log.warn("alert_ended_without_data", fields);
      return;
    default:
      kind satisfies never;
  }
}
