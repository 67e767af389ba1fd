/** Where links of dashboards may lead: pages of the web, and this page itself. Nothing that a browser would run. */

import { withFieldVariables } from "../format/shown-field.ts";
import { formatVariable, type VariableLookup } from "../variables/interpolate.ts";
import type { VariableStates } from "../variables/variable-state.ts";
import { valueOfState } from "../variables/variable-state.ts";
import type { DashboardLink } from "./model.ts";

const MAX_LENGTH = 8000;

/**
 * @param url with all variables filled in
 * @returns `undefined` for what is no address that can be followed; links between Grafana's dashboards (`/d/UID/name`) lead to those here
 */
export function safeHref(url: string): string | undefined {
  const text = withoutControls(url).trim();
  if (text === "" || text.length > MAX_LENGTH) return undefined;
  const dashboard = /^(?:https?:\/\/[^/?#]+)?\/?d\/([\w-]{1,100})(?:\/[^?#]*)?(\?[^#]*)?$/.exec(text);
  if (dashboard !== null) return `#/dashboards/${dashboard[1] ?? ""}${dashboard[2] ?? ""}`;
  if (text.startsWith("#")) return text;
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? text : undefined;
  // A colon before the first slash is a scheme; two slashes are another server's.
  if (/^[^/?#]*:/.test(text) || /^[/\\]{2}/.test(text)) return undefined;
  return text.startsWith("/") || text.startsWith("?") ? text : undefined;
}

function withoutControls(text: string): string {
  return [...text.slice(0, MAX_LENGTH + 1)].filter((character) => character >= " " && character !== "\u007f").join("");
}

export function fieldHref(
  url: string,
  lookup: VariableLookup,
  name = "",
  labels: Readonly<Record<string, string>> = {},
): string | undefined {
  return safeHref(withFieldVariables(url, labels, name, lookup));
}

/** With the dashboard's time and choices, if the link says so. */
export function dashboardHref(
  link: DashboardLink,
  lookup: VariableLookup,
  states: VariableStates,
  params: URLSearchParams,
): string | undefined {
  const base =
    link.kind === "dashboards"
      ? `#/dashboards?tags=${encodeURIComponent(link.tags.join(","))}`
      : safeHref(withFieldVariables(link.url, {}, "", lookup));
  if (base === undefined) return undefined;
  const added: string[] = [];
  if (link.keepsTime) {
    for (const key of ["from", "to"]) {
      const value = params.get(key);
      if (value !== null) added.push(`${key}=${encodeURIComponent(value)}`);
    }
  }
  if (link.keepsVariables)
    for (const [name, state] of states) added.push(formatVariable(valueOfState(state), "queryparam", name));
  const query = added.filter((one) => one !== "").join("&");
  return query === "" ? base : `${base}${base.includes("?") ? "&" : "?"}${query}`;
}
