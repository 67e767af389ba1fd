/** One panel alone, with nothing of a dashboard around it: for pages that want a graph. */
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Api } from "../api/http.ts";
import { DashboardState } from "./dashboard-state.ts";
import { boundedJson, DashboardError, isObject } from "./json.ts";
import type { Panel } from "./model.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { readDashboard } from "./read-dashboard.ts";
import "./dashboard.css";
import "../panels/panels.css";

export interface PanelViewProps {
  /** A panel of Grafana's JSON. */
  readonly panel: unknown;
  readonly api: Api;
  /** Milliseconds since 1970. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  /** Asked again when it changes. */
  readonly refreshKey?: number;
  readonly onZoom?: (range: { readonly fromMs: number; readonly toMs: number }) => void;
  /** `browser`, `utc` or a name. */
  readonly timeZone?: string;
  readonly scrapeIntervalMs?: number;
  readonly minStepMs?: number;
  readonly now?: () => number;
}

export function PanelView({
  panel,
  api,
  range,
  refreshKey = 0,
  onZoom,
  timeZone,
  scrapeIntervalMs,
  minStepMs,
  now,
}: PanelViewProps): JSX.Element {
  // Callers write panels in place: what they say is what tells one from another.
  const written = JSON.stringify(panel);
  const read = useMemo(() => readPanelAlone(written, timeZone), [written, timeZone]);
  const state = useMemo(() => {
    const { fromMs, toMs } = range;
    const params = new URLSearchParams({ from: String(fromMs), to: String(toMs) });
    return new DashboardState({
      dashboard: read.dashboard,
      api,
      params,
      scrapeIntervalMs,
      minStepMs,
      now,
      onZoom: (zoomed) => onZoom?.({ fromMs: zoomed.from, toMs: zoomed.to }),
    });
    // The range goes in below.
  }, [read, api]);
  useEffect(() => {
    state.start();
    return () => state.stop();
  }, [state]);
  useEffect(
    () => state.setRange({ from: String(range.fromMs), to: String(range.toMs) }),
    [state, range.fromMs, range.toMs, refreshKey],
  );
  if (read.panel === undefined) return <p role="alert">This panel cannot be shown.</p>;
  return (
    <div class="hw-dashboard-single">
      <PanelFrame panel={read.panel} state={state} />
    </div>
  );
}

function readPanelAlone(
  written: string,
  timezone = "browser",
): { readonly dashboard: ReturnType<typeof readDashboard>; readonly panel: Panel | undefined } {
  const json = boundedJson(JSON.parse(written));
  try {
    const dashboard = readDashboard({ title: "Panel", timezone, refresh: "", panels: isObject(json) ? [json] : [] });
    return { dashboard, panel: dashboard.panels[0] };
  } catch (error) {
    if (!(error instanceof DashboardError)) throw error;
    return { dashboard: readDashboard({ title: "Panel", panels: [] }), panel: undefined };
  }
}
