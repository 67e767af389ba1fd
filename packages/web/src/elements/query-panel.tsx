/** A graph of some queries: a dashboard of one time series panel, so that it looks and behaves as those on dashboards do. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { usePage } from "../shell/page-context.ts";
import { Fault, Loading } from "./notes.tsx";
import "./query-panel.css";
import { useDashboardView } from "./use-dashboard-view.ts";

interface PanelQuery {
  readonly expression: string;
  /** Grafana's legend format; the series' labels without it. */
  readonly legend: string | undefined;
  /** Drawn as a limit is on all dashboards. */
  readonly isLimit?: boolean;
}

export interface QueryPanelProps {
  readonly queries: readonly PanelQuery[];
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly title: string;
  readonly isLarge?: boolean;
}

export function QueryPanel({ queries, range, title, isLarge = false }: QueryPanelProps): JSX.Element {
  const { api, live } = usePage();
  const { View, fault, reload } = useDashboardView();
  const dashboard = useMemo(() => panelDashboard(queries, title, isLarge ? 12 : 8), [queries, title, isLarge]);
  const params = useMemo(
    () =>
      new URLSearchParams({
        from: String(Math.round(range.fromMs)),
        to: String(Math.round(range.toMs)),
        kiosk: "true",
      }),
    [range],
  );
  if (fault !== undefined) return <Fault what="The graph could not be loaded" why={fault} onRetry={reload} />;
  return (
    <div class={`hw-query-panel${isLarge ? " hw-query-panel-large" : ""}`}>
      {View === undefined ? (
        <Loading what="the graph" />
      ) : (
        <View dashboard={dashboard} api={api} params={params} now={() => live.nowMs.peek()} />
      )}
    </div>
  );
}

/** Grafana's JSON. */
function panelDashboard(queries: readonly PanelQuery[], title: string, height: number): object {
  const limits = queries.flatMap(({ isLimit }, index) => (isLimit === true ? [refId(index)] : []));
  return {
    title,
    uid: "query-panel",
    schemaVersion: 39,
    panels: [
      {
        id: 1,
        type: "timeseries",
        title,
        gridPos: { x: 0, y: 0, w: 24, h: height },
        targets: queries.map(({ expression, legend }, index) => ({
          refId: refId(index),
          expr: expression,
          ...(legend === undefined ? {} : { legendFormat: legend }),
        })),
        fieldConfig: {
          defaults: { custom: { lineWidth: 1.5, fillOpacity: 0, showPoints: "auto" } },
          overrides: limits.map((id) => ({
            matcher: { id: "byFrameRefID", options: id },
            properties: [
              { id: "color", value: { mode: "fixed", fixedColor: "red" } },
              { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
            ],
          })),
        },
        options: { legend: { displayMode: "list", placement: "bottom", showLegend: true }, tooltip: { mode: "multi" } },
      },
    ],
  };
}

function refId(index: number): string {
  return String.fromCharCode(65 + index);
}
