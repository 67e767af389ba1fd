/** What Haltwatch tells in the event stream, read and checked. */
import type { DemoMessage, Health, PauseAnswer } from "../api/answers.ts";
import type { StreamEvent } from "./event-stream.ts";

interface AlertEvent {
  readonly kind: "alert";
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly severity: string;
}

interface ConfigEvent {
  readonly kind: "config";
  readonly hash: string;
  readonly changes: readonly string[];
}

export type LiveEvent =
  | { readonly kind: "hello"; readonly version: string; readonly nowMs: number; readonly started: string }
  | {
      readonly kind: "beat";
      /** Haltwatch's clock, Unix milliseconds, as are the others. */
      readonly nowMs: number;
      readonly lastSampleMs: number | undefined;
      readonly lastEvaluationMs: number | undefined;
      readonly worst: Health;
      readonly firing: number;
      readonly paused: number;
    }
  | { readonly kind: "pause"; readonly pause: PauseAnswer }
  | { readonly kind: "arm"; readonly scopes: readonly string[]; readonly by: string; readonly reason: string }
  | AlertEvent
  | ConfigEvent
  /** Alerts came faster than they are told of one by one. */
  | { readonly kind: "missed" }
  | { readonly kind: "fault"; readonly bot: string; readonly fault: string; readonly isOn: boolean }
  | { readonly kind: "message"; readonly message: DemoMessage };

const HEALTH: readonly string[] = ["ok", "warning", "critical", "paused", "unknown"] satisfies Health[];

/** `undefined` for what this page does not know, of a newer Haltwatch for instance. */
export function readLiveEvent({ name, data }: StreamEvent): LiveEvent | undefined {
  const fields = objectIn(data);
  if (fields === undefined) return undefined;
  switch (name) {
    case "hello": {
      const nowMs = timeMs(fields["now"]);
      if (nowMs === undefined) return undefined;
      return { kind: "hello", nowMs, version: text(fields["version"]), started: text(fields["started"]) };
    }
    case "beat": {
      const nowMs = timeMs(fields["now"]);
      if (nowMs === undefined) return undefined;
      return {
        kind: "beat",
        nowMs,
        lastSampleMs: timeMs(fields["last_sample"]),
        lastEvaluationMs: timeMs(fields["last_evaluation"]),
        worst: healthOf(fields["worst"]),
        firing: count(fields["firing"]),
        paused: count(fields["paused"]),
      };
    }
    case "pause": {
      const pause = fields["pause"];
      if (!isPause(pause)) return undefined;
      return { kind: "pause", pause };
    }
    case "arm":
      return {
        kind: "arm",
        scopes: textsIn(fields["scopes"] ?? [fields["scope"]]),
        by: text(fields["by"]),
        reason: text(fields["reason"]),
      };
    case "alert":
      return {
        kind: "alert",
        name: text(fields["name"]),
        labels: labelsIn(fields["labels"]),
        state: text(fields["state"]),
        severity: text(fields["severity"]),
      };
    case "config": {
      const { changes } = fields;
      return {
        kind: "config",
        hash: text(fields["hash"]),
        changes: Array.isArray(changes)
          ? changes.map((change) => (typeof change === "string" ? change : JSON.stringify(change)))
          : [],
      };
    }
    case "missed":
      return { kind: "missed" };
    case "fault":
      return { kind: "fault", bot: text(fields["bot"]), fault: text(fields["fault"]), isOn: fields["on"] === true };
    case "message":
      // Shown as text in each of its fields, whatever they hold.
      return { kind: "message", message: fields as unknown as DemoMessage };
    default:
      return undefined;
  }
}

function objectIn(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPause(value: unknown): value is PauseAnswer {
  if (!isObject(value)) return false;
  const { scope, state, reason, time } = value;
  return [scope, reason, time].every((one) => typeof one === "string") && (state === "REDUCING" || state === "HALTED");
}

function labelsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one)]));
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function healthOf(value: unknown): Health {
  // It is one of the five, as the list says.
  return typeof value === "string" && HEALTH.includes(value) ? (value as Health) : "unknown";
}

function timeMs(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : String(value);
}
