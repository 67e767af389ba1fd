/** The same for others: configurations of Prometheus, Alertmanager, Grafana and a compose file, from haltwatch.toml. */
export type { AlertmanagerExportOptions } from "./alertmanager-export.ts";
export { composeEnvironment, composeExport } from "./compose-export.ts";
export type { Export, NeededSecret } from "./exported-file.ts";
export { alertmanagerExport, grafanaExport, prometheusExport } from "./single-exports.ts";
export { writeExport } from "./write-export.ts";
