/** What a health check is, and what it finds. Each runs by itself and has its own time: one that hangs holds up no other. */

export type CheckKind =
  | "cpu"
  | "memory"
  | "disk"
  | "inodes"
  | "file-descriptors"
  | "network"
  | "clock"
  | "vault"
  | "scraper"
  | "unit"
  | "http"
  | "tcp"
  | "tls"
  | "dns"
  | "backup";

/** `unavailable`: nobody can tell here, and nobody need worry: no `/proc`, no systemd. */
type CheckStatus = "ok" | "unhealthy" | "unavailable";

export interface Finding {
  readonly status: CheckStatus;
  /** One line for people: `12 % used`. */
  readonly detail: string;
  /** What was measured, in {@link unit}. */
  readonly value?: number;
  /** What it is held against. */
  readonly limit?: number;
  readonly unit?: "percent" | "seconds" | "days" | "ms" | "bytes";
  /** A word of its own: `active`, `sealed`, `unreachable`. */
  readonly state?: string;
}

/** A finding of which there are several, and nobody knows before how many: a scraper. */
export interface NamedFinding extends Finding {
  readonly name: string;
}

export interface HealthCheck {
  readonly kind: CheckKind;
  /** Which of its kind: a path, a target. Empty where there is one only. */
  readonly name: string;
  /** Longest that it may take, milliseconds. */
  readonly timeoutMs: number;
  /** Its state where it throws or takes too long. */
  readonly failedState?: string;
  /** May throw: what is thrown is what is wrong. It stops when the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<Finding | readonly NamedFinding[]>;
}

export interface CheckResult extends Finding {
  readonly kind: CheckKind;
  readonly name: string;
  readonly durationMs: number;
}

/** Above the limit is bad. */
export function atMost(value: number, limit: number, unit: NonNullable<Finding["unit"]>, detail: string): Finding {
  return { status: value > limit ? "unhealthy" : "ok", value, limit, unit, detail };
}

/** Below the limit is bad. */
export function atLeast(value: number, limit: number, unit: NonNullable<Finding["unit"]>, detail: string): Finding {
  return { status: value < limit ? "unhealthy" : "ok", value, limit, unit, detail };
}

export function notHere(why: string): Finding {
  return { status: "unavailable", detail: `not available here: ${why}` };
}

export function unhealthy(detail: string): Finding {
  return { status: "unhealthy", detail };
}
