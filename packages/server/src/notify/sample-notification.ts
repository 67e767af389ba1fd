/** A message to try a channel with: what a real one would look like, and that it is none. */
import { type AlertChart, levelOf, type Notification } from "@haltwatch/notify";
import { Labels } from "@haltwatch/store";

/** Of this alert a picture of made-up series is drawn. */
export const SAMPLE_ALERT = "HaltwatchTest";

export interface SampleOptions {
  readonly receiver: string;
  readonly channel: string;
  readonly level: "critical" | "warning" | "info";
  readonly timeMs: number;
}

export function sampleNotification({ receiver, channel, level, timeMs }: SampleOptions): Notification {
  const labels = Labels.from({ alertname: SAMPLE_ALERT, bot: "example-bot", venue: "example-venue", severity: level });
  const annotations = new Map([
    ["summary", `A test by "haltwatch notify test": this is how ${level} looks`],
    ["description", "Nothing is wrong. Whoever reads this would be told of an alert."],
  ]);
  const groupKey = `{}:{alertname="${SAMPLE_ALERT}", severity="${level}"}`;
  return {
    ...{ groupKey, receiver, channel, status: "firing", timeMs, truncatedAlerts: 0 },
    groupLabels: new Map([
      ["alertname", SAMPLE_ALERT],
      ["severity", level],
    ]),
    commonLabels: new Map(labels),
    commonAnnotations: annotations,
    alerts: [
      {
        ...{ labels, annotations, generatorUrl: "", value: 668, threshold: 500 },
        startsAtMs: timeMs - 90_000,
        endsAtMs: undefined,
        done: level === "critical" ? ["nothing: this is a test"] : [],
      },
    ],
    idempotencyKey: `test/${receiver}/${channel}/${level}/${timeMs}`,
  };
}

const HOUR_MS = 3_600_000;
const STEP_MS = 15_000;

/** An hour of a latency that was well, and no longer is. */
export function sampleChart({ alerts, timeMs }: Notification): AlertChart {
  const times = Float64Array.from({ length: HOUR_MS / STEP_MS }, (_, at) => timeMs - HOUR_MS + (at + 1) * STEP_MS);
  const values = times.map((time, at) => {
    const isBad = timeMs - time < 120_000;
    return 180 + 60 * Math.sin(at / 9) + 25 * Math.sin(at * 1.7) + (isBad ? 450 : 0);
  });
  return {
    ...{ title: SAMPLE_ALERT, where: "example-bot · example-venue", unit: "milliseconds" },
    level: levelOf(alerts[0]?.labels.get("severity") ?? ""),
    series: [{ name: 'venue="example-venue"', times, values }],
    thresholds: [{ label: "example.latency_max", value: 500, beyond: "above" }],
    ...{ fromMs: timeMs - HOUR_MS, toMs: timeMs, stepMs: STEP_MS },
    firedAtMs: alerts[0]?.startsAtMs ?? timeMs,
    ...{ resolvedAtMs: undefined, theme: "light" },
  };
}
