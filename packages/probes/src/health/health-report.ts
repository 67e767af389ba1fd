/** Runs health checks beside each other, and says how things are as a whole. */
import type { CheckResult, HealthCheck } from "./health-check.ts";

export interface HealthReport {
  /** `unhealthy` if one check is. What is not available here does not count. */
  readonly status: "ok" | "unhealthy";
  /** When it was begun, Unix milliseconds. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** In the order of the checks. */
  readonly checks: readonly CheckResult[];
}

/** Longest detail, UTF-16 units: it may come from whoever answers. */
const MAX_DETAIL = 300;

/**
 * Looks at everything once. Never throws, and takes no longer than the slowest check may.
 *
 * @param stop what has no answer when it is aborted is unhealthy
 * @example
 * const report = await healthReport([cpuCheck({ limit: 80 })], Date.now);
 * process.exitCode = report.status === "ok" ? 0 : 1;
 */
export async function healthReport(
  checks: readonly HealthCheck[],
  now: () => number,
  stop?: AbortSignal,
): Promise<HealthReport> {
  const timeMs = now();
  const begun = performance.now();
  const results = (await Promise.all(checks.map((check) => resultsOf(check, stop)))).flat();
  const status = results.some((one) => one.status === "unhealthy") ? "unhealthy" : "ok";
  return { status, timeMs, durationMs: performance.now() - begun, checks: results };
}

async function resultsOf(
  { kind, name, timeoutMs, failedState, run }: HealthCheck,
  stop: AbortSignal | undefined,
): Promise<CheckResult[]> {
  const begun = performance.now();
  const limits = new AbortController();
  const overtime = Promise.withResolvers<never>();
  const end = (error: Error): void => {
    limits.abort(error);
    overtime.reject(error); // for what does not heed the signal
  };
  const stopped = (): void => end(new Error("stopped"));
  const timer = setTimeout(() => end(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  stop?.addEventListener("abort", stopped);
  try {
    const found = await Promise.race([run(limits.signal), overtime.promise]);
    const durationMs = performance.now() - begun;
    const all = Array.isArray(found) ? found : [found];
    return all.map((finding) => ({ name, ...finding, kind, durationMs, detail: oneLine(finding.detail) }));
  } catch (error) {
    const detail = oneLine(reasonOf(limits.signal.aborted ? limits.signal.reason : error));
    const state = failedState === undefined ? {} : { state: failedState };
    return [{ kind, name, status: "unhealthy", detail, ...state, durationMs: performance.now() - begun }];
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", stopped);
    limits.abort(); // whatever it still does
  }
}

/** The innermost cause says what was wrong: `connect ECONNREFUSED 127.0.0.1:8200`, not `fetch failed`. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL - 1)}…` : line;
}
