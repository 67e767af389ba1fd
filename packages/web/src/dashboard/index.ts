/** The viewer of Grafana dashboards: what the page's other parts use of it. */
export { DashboardView, type DashboardViewProps } from "./dashboard-view.tsx";
export { readDashboardFile } from "./dropped-file.ts";
export { DashboardError } from "./json.ts";
export { PanelView, type PanelViewProps } from "./panel-view.tsx";
