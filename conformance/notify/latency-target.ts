/** A target whose latency a test sets. */
import { FakeServer } from "../../packages/notify/src/testing/fake-server.ts";

export class LatencyTarget extends FakeServer {
  latencyMs = 100;

  constructor() {
    super(() => ({
      status: 200,
      headers: { "Content-Type": "text/plain; version=0.0.4" },
      body: `# TYPE latency_ms gauge\nlatency_ms{venue="cex"} ${this.latencyMs}\n`,
    }));
  }

  /** For haltwatch.toml. */
  get scrapeConfig(): string {
    return `[global]
scrape_interval = "250ms"
evaluation_interval = "250ms"
[[scrape_configs]]
job_name = "bot"
[[scrape_configs.static_configs]]
targets = ["${new URL(this.url).host}"]
labels = { bot = "arb-1" }
`;
  }
}

/** Fires above 500 ms. */
export const LATENCY_RULES = `groups:
  - name: latency
    interval: 250ms
    rules:
      - alert: LatencyHigh
        expr: latency_ms > 500
        labels: { severity: critical }
        annotations:
          summary: "orders at {{ $labels.venue }} take {{ $value }} ms"
          runbook_url: https://runbooks.example/latency
`;
