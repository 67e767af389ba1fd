/** A dashboard's JSON from a file of the user's: read, and looked at before anything is drawn of it. */

export interface OpenedFile {
  readonly name: string;
  readonly dashboard: Readonly<Record<string, unknown>>;
}

/** Stands in the address for the file that was opened last: what is in it is nowhere but in this tab. */
export const FILE_UID = "~file";

/** Larger ones are no dashboards. */
const MAX_BYTES = 5_000_000;

/** @throws {Error} with a sentence for people */
export async function readDashboardFile(file: File): Promise<OpenedFile> {
  if (file.size > MAX_BYTES)
    throw new Error(`${file.name} has ${Math.round(file.size / 1e6)} MB: a dashboard has at most 5`);
  return { name: file.name, dashboard: dashboardIn(await file.text(), file.name) };
}

/** @throws {Error} with a sentence for people */
function dashboardIn(text: string, name: string): OpenedFile["dashboard"] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  // As Grafana's API gives it.
  const inner = isObject(value) && isObject(value["dashboard"]) ? value["dashboard"] : value;
  if (!isObject(inner) || !(Array.isArray(inner["panels"]) || Array.isArray(inner["rows"])))
    throw new Error(`${name} is JSON, but no Grafana dashboard: it has no panels`);
  return inner;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
