/** Draws in a thread of its own: a picture takes some 50 ms, and what it takes of memory goes with the thread. */
import { parentPort } from "node:worker_threads";
import type { AlertChart } from "./alert-chart.ts";
import { chartSvg } from "./chart-svg.ts";
import type { FromWorker, ToWorker } from "./picture-message.ts";
import { rasterize } from "./rasterize.ts";
import { reportSvg } from "./report-svg.ts";

/** Drawn once at the start: fonts are read and code is compiled before somebody waits for it. */
const WARM_UP: AlertChart = {
  title: "Warm-up",
  where: "",
  level: "info",
  unit: "number",
  series: [{ name: "one", times: Float64Array.of(0, 60_000), values: Float64Array.of(1, 2) }],
  thresholds: [{ label: "limit", value: 1, beyond: "above" }],
  fromMs: 0,
  toMs: 60_000,
  stepMs: 60_000,
  firedAtMs: 0,
  resolvedAtMs: undefined,
  theme: "light",
};

const port = parentPort;
if (port === null) throw new TypeError("this is run as a worker only");

const post = (message: FromWorker): void => port.postMessage(message);

port.on("message", (message: ToWorker) => {
  const { id } = message;
  try {
    const svg = "chart" in message ? chartSvg(message.chart) : reportSvg(message.report);
    post({ kind: "drawn", id, png: rasterize(svg) });
  } catch (error) {
    post({ kind: "failed", id, fault: String(error) });
  }
});

rasterize(chartSvg(WARM_UP));
post({ kind: "ready" });
