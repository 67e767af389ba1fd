/** A dashboard that somebody drops on the page, or chooses from their files. */
import { DashboardError } from "./json.ts";
import { readDashboard } from "./read-dashboard.ts";

/** Grafana's largest published dashboards have 1 MB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws {DashboardError} if it is no dashboard that can be shown */
export async function readDashboardFile(file: Pick<Blob, "size" | "text">): Promise<unknown> {
  if (file.size > MAX_BYTES)
    throw new DashboardError("TOO_LARGE", "the file is larger than 16 MB", "Split the dashboard into several");
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    throw new DashboardError("NO_DASHBOARD", "the file is no JSON", "Export the dashboard from Grafana as JSON");
  }
  readDashboard(json);
  return json;
}
