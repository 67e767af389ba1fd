/** The images of an exported compose file: exact versions, so that what was tried is what runs. */
export const IMAGES = {
  /** Debian, for Haltwatch's binaries want its C library. */
  haltwatch: "node:24.21.0-bookworm-slim",
  /** The long-term release. */
  prometheus: "prom/prometheus:v3.5.0",
  alertmanager: "prom/alertmanager:v0.28.1",
  grafana: "grafana/grafana:12.1.1",
} as const;
