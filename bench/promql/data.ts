/** Series as machines, services and bots have them, with values that follow from a seed: the same for both engines. */
import { Labels } from "@haltwatch/store";
import { randomFrom } from "../random.ts";

export const INTERVAL_MS = 5_000;
/** A little more than the hour that is asked for. */
const ROWS = 780;
export const FIRST_MS = 1_700_000_000_000;
export const LAST_MS = FIRST_MS + (ROWS - 1) * INTERVAL_MS;

export interface DataSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
}

const MODES = ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"];
const BOUNDS = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

/** About this many series: half of them buckets of histograms, as in most real servers. */
export function dataOf(count: number): DataSeries[] {
  const random = randomFrom(count);
  const all: DataSeries[] = [];
  const counter = (labels: Record<string, string>, perRow: number, isWhole = true): void => {
    const values = new Float64Array(ROWS);
    let value = Math.floor(random() * 1e5);
    for (let row = 0; row < ROWS; row++) {
      if (random() < 0.0005) value = 0; // a restart
      value += isWhole ? Math.floor(random() * 2 * perRow) : Math.round(random() * 2 * perRow * 100) / 100;
      values[row] = value;
    }
    all.push({ labels: Labels.from(labels), values });
  };
  const gauge = (labels: Record<string, string>, middle: number): void => {
    let value = middle;
    const values = Float64Array.from({ length: ROWS }, () => {
      value += (random() - 0.5) * middle * 0.02;
      return Math.round(value * 1000) / 1000;
    });
    all.push({ labels: Labels.from(labels), values });
  };
  const histogram = (labels: Record<string, string>, name: string): void => {
    const buckets = BOUNDS.map((le) => ({
      labels: Labels.from({ ...labels, __name__: `${name}_bucket`, le }),
      values: new Float64Array(ROWS),
    }));
    const counts = new Float64Array(BOUNDS.length);
    for (let row = 0; row < ROWS; row++) {
      for (let observed = Math.floor(random() * 10); observed > 0; observed--) {
        const bucket = Math.min(BOUNDS.length - 1, Math.floor(random() * random() * BOUNDS.length * 1.5));
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      let total = 0;
      for (const [index, { values }] of buckets.entries()) {
        total += counts[index] ?? 0;
        values[row] = total;
      }
    }
    all.push(...buckets);
    counter({ ...labels, __name__: `${name}_count` }, 5);
    counter({ ...labels, __name__: `${name}_sum` }, 1, false);
  };

  for (let instance = 0; all.length < count; instance++) {
    const place = { instance: `10.0.0.${instance}:9100`, job: "node" };
    gauge({ ...place, __name__: "up" }, 1);
    for (let cpu = 0; cpu < 2; cpu++) {
      for (const mode of MODES)
        counter({ ...place, __name__: "node_cpu_seconds_total", cpu: String(cpu), mode }, 2, false);
    }
    gauge({ ...place, __name__: "node_memory_MemTotal_bytes" }, 2 ** 34);
    gauge({ ...place, __name__: "node_memory_MemAvailable_bytes" }, 2 ** 33);
    gauge({ ...place, __name__: "node_load1" }, 1.5);
    for (const mountpoint of ["/", "/data"]) {
      const disk = { ...place, device: "/dev/vda1", fstype: "ext4", mountpoint };
      gauge({ ...disk, __name__: "node_filesystem_size_bytes" }, 2 ** 38);
      gauge({ ...disk, __name__: "node_filesystem_avail_bytes" }, 2 ** 36);
      gauge({ ...disk, __name__: "node_filesystem_readonly" }, 0.5);
    }
    const bot = { bot: `bot-${instance}`, job: "bot", instance: `10.0.1.${instance}:9898` };
    for (const venue of ["cex", "dex"]) {
      counter({ ...bot, __name__: "orders_total", venue }, 4);
      counter({ ...bot, __name__: "orders_failed_total", venue }, 0.6);
      counter({ ...bot, __name__: "volume_total", venue }, 40, false);
    }
    gauge({ ...bot, __name__: "spread_net_bps" }, 12);
    gauge({ ...bot, __name__: "portfolio_value_usdt" }, 25_000);
    for (const handler of ["/api/v1/query", "/api/v1/query_range"]) {
      for (const code of ["200", "400", "500"]) {
        counter({ ...bot, __name__: "http_requests_total", handler, code, method: "GET" }, 6);
      }
      histogram({ ...bot, handler }, "http_request_duration_seconds");
    }
    histogram({ ...bot, metric: "scanner" }, "latency_seconds");
  }
  return all.slice(0, count);
}

/** As OpenMetrics with timestamps, for promtool. */
export function openMetricsOf(data: readonly DataSeries[]): string {
  const byName = Map.groupBy(data, ({ labels }) => labels.get("__name__"));
  const parts: string[] = [];
  for (const [name, series] of byName) {
    // Of unknown type a name may end in anything.
    parts.push(`# TYPE ${name} unknown\n`);
    for (const { labels, values } of series) {
      const text = `${name}{${[...labels.dropName()].map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
      for (const [row, value] of values.entries()) {
        parts.push(`${text} ${value} ${(FIRST_MS + row * INTERVAL_MS) / 1000}\n`);
      }
    }
  }
  parts.push("# EOF\n");
  return parts.join("");
}
