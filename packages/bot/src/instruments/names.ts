/**
 * What may be called what. Checked once, when a metric is defined or a label set is first used, never while recording.
 *
 * Source: Prometheus data model ("Metric names and labels") and OpenMetrics 1.0 section "Suffixes".
 */
import { MetricError } from "../errors.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A metric's name, help and unit are sound, or a {@link MetricError} says what to change. */
export function checkMetricName(name: unknown): asserts name is string {
  if (typeof name === "string" && METRIC_NAME.test(name)) return;
  throw new MetricError("BAD_METRIC_NAME", `metric name ${quote(name)} is not valid`, {
    metric: String(name),
    hint:
      typeof name === "string" && name.length > 0
        ? `Use letters, digits, "_" and ":", not beginning with a digit: ${quote(soundName(name))}`
        : 'Give a name such as "orders_total"',
  });
}

/**
 * The help text is there, and the unit, where given, ends the name (OpenMetrics 1.0, "Unit").
 *
 * @param stem the metric's name without the suffix its type adds (`_total`, `_info`)
 */
export function checkHelpAndUnit(name: string, stem: string, help: unknown, unit: string | undefined): void {
  if (typeof help !== "string" || help.trim() === "") {
    throw new MetricError("NO_HELP", `metric "${name}" has no help text`, {
      metric: name,
      hint: 'Say in a sentence what it counts: help: "Orders sent, by venue."',
    });
  }
  if (unit !== undefined && !stem.endsWith(`_${unit}`)) {
    throw new MetricError("BAD_UNIT", `metric "${name}" has the unit "${unit}", but its name does not end in it`, {
      metric: name,
      hint: `Name it "${stem}_${unit}${name.slice(stem.length)}", or leave the unit out`,
    });
  }
}

/** Every label name is valid, used once, and none is `reserved` (`le` in histograms, `__…` everywhere). */
export function checkLabelNames(metric: string, labelNames: readonly string[], reserved: readonly string[]): void {
  for (const [position, label] of labelNames.entries()) {
    if (typeof label !== "string" || !LABEL_NAME.test(label)) {
      const hint =
        typeof label === "string" && label !== ""
          ? `Use letters, digits and "_": ${quote(soundName(label).replaceAll(":", "_"))}`
          : 'Give a name such as "venue"';
      throw badLabel(metric, label, "is not a valid label name", hint);
    }
    if (label.startsWith("__")) {
      throw badLabel(
        metric,
        label,
        "is reserved: Prometheus keeps names that begin with __",
        "Leave out the underscores",
      );
    }
    if (reserved.includes(label)) {
      throw badLabel(
        metric,
        label,
        "is reserved for this type of metric",
        `Call it "${label}_label", or something clearer`,
      );
    }
    if (labelNames.indexOf(label) !== position) {
      throw badLabel(metric, label, "is given twice", "Name each label once");
    }
  }
}

function badLabel(metric: string, label: unknown, what: string, hint: string): MetricError {
  return new MetricError("BAD_LABEL_NAME", `metric "${metric}": label ${quote(label)} ${what}`, {
    metric,
    label: String(label),
    hint,
  });
}

function soundName(name: string): string {
  const sound = name.replaceAll(/[^a-zA-Z0-9_:]/g, "_");
  return /^[0-9]/.test(sound) ? `_${sound}` : sound;
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `${String(value)} (${typeof value})`;
}
