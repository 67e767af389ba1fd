/** A dashboard's choices in an address, as Grafana writes them: `from`, `to`, `refresh`, `var-name`. */
import type { RawRange } from "../time/time-range.ts";
import type { VariableStates } from "./variable-state.ts";

const MAX_VALUES = 2000;

export interface UrlState {
  readonly range: RawRange | undefined;
  readonly refresh: string | undefined;
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly isKiosk: boolean;
  /** The one panel that is shown. */
  readonly viewPanel: string | undefined;
}

export function readUrlState(params: URLSearchParams): UrlState {
  const from = params.get("from");
  const to = params.get("to");
  const variables = new Map<string, readonly string[]>();
  for (const key of new Set(params.keys())) {
    if (key.startsWith("var-")) variables.set(key.slice(4), params.getAll(key).slice(0, MAX_VALUES));
  }
  return {
    range:
      from === null && to === null
        ? undefined
        : { from: (from ?? "now-6h").slice(0, 100), to: (to ?? "now").slice(0, 100) },
    refresh: params.get("refresh")?.slice(0, 20),
    variables,
    isKiosk: params.has("kiosk") && params.get("kiosk") !== "false",
    viewPanel: params.get("viewPanel") ?? undefined,
  };
}

/** What was in the address and is not ours stays in it. */
export function writeUrlState(
  before: URLSearchParams,
  {
    range,
    refresh,
    variables,
    viewPanel,
  }: { range: RawRange; refresh: string; variables: VariableStates; viewPanel: string | undefined },
): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of before) {
    if (!key.startsWith("var-") && !["from", "to", "refresh", "viewPanel"].includes(key)) params.append(key, value);
  }
  params.set("from", range.from);
  params.set("to", range.to);
  if (refresh !== "") params.set("refresh", refresh);
  for (const [name, { chosen, variable }] of variables) {
    if (variable.isInUrl) for (const value of chosen) params.append(`var-${name}`, value);
  }
  if (viewPanel !== undefined) params.set("viewPanel", viewPanel);
  return params;
}
