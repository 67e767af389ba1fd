/** One request to an orchestrator: what is sent, how long it is waited for, and what can come of it. No secret gets into a failure. */
import { valueAt } from "./json-pointer.ts";
import type { OrchestratorAction, OrchestratorRequest, StateReading } from "./orchestrator-settings.ts";
import type { PlaceholderValues } from "./template.ts";

/** Longest text of a failure, UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 300;

export interface OrchestratorClock {
  /** Unix milliseconds. */
  now(): number;
  /** Milliseconds that never jump. */
  monotonic(): number;
  /** Calls once after so many milliseconds. @returns cancels the call */
  after(ms: number, call: () => void): () => void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether the answer's body is wanted, or only its status. */
  readonly readsBody: boolean;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface OrchestratorAnswer {
  readonly status: number;
  /** Empty if it was not wanted. */
  readonly body: string;
}

/**
 * Begins to send in the turn in which it is called. Follows no redirect, bounds the body. Its errors' messages tell people what
 * was wrong, without the request's headers.
 */
export type OrchestratorFetch = (request: OutgoingRequest) => Promise<OrchestratorAnswer>;

/** What went wrong, in words for people. */
export interface OrchestratorFailure {
  readonly message: string;
}

export type CallOutcome =
  | { readonly kind: "answered"; readonly answer: OrchestratorAnswer }
  /** It may have arrived all the same. */
  | { readonly kind: "failed"; readonly failure: OrchestratorFailure };

export interface Call {
  readonly request: OrchestratorRequest;
  readonly values: PlaceholderValues;
  readonly headers?: Readonly<Record<string, string>>;
  readonly readsBody: boolean;
  readonly timeoutMs: number;
  /** Ends it before. */
  readonly signal: AbortSignal;
}

/** The request has been handed over when this returns. Never rejects. */
export function call(
  { request, values, headers = {}, readsBody, timeoutMs, signal }: Call,
  fetch: OrchestratorFetch,
  clock: OrchestratorClock,
): Promise<CallOutcome> {
  const { promise, resolve } = Promise.withResolvers<CallOutcome>();
  const failed = (message: string): void =>
    resolve({ kind: "failed", failure: { message: message.slice(0, MAX_MESSAGE_LENGTH) } });
  const aborting = new AbortController();
  const abort = (message: string): void => {
    failed(message);
    aborting.abort();
  };
  const cancelTimeout = clock.after(timeoutMs, () => abort(`no answer within ${timeoutMs} ms`));
  const onAbort = (): void => abort("no longer wanted");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    fetch({
      method: request.method,
      url: request.url.fill(values),
      headers: { ...request.headers(), ...headers },
      body: request.body?.fill(values),
      readsBody,
      signal: aborting.signal,
    }).then(
      (answer) => resolve({ kind: "answered", answer }),
      (error: unknown) => failed(error instanceof Error ? error.message : "the request failed"),
    );
  } catch (error) {
    failed(error instanceof Error ? error.message : "the request could not be made"); // a secret that is missing
  }
  return promise.finally(() => {
    cancelTimeout();
    signal.removeEventListener("abort", onAbort);
  });
}

/** Why an answer to a pause or a resume is none; `undefined` of a good one. */
export function faultOfAnswer({ status }: OrchestratorAnswer): OrchestratorFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    return { message: `it answers ${status}, a redirect, which is not followed: name the final address` };
  }
  const why = status === 401 || status === 403 ? ": it does not accept the credentials" : "";
  return { message: `it answers ${status}${why}` };
}

export type StateSeen =
  | { readonly kind: "as-wanted" }
  /** It says that it does something else. */
  | { readonly kind: "other"; readonly failure: OrchestratorFailure }
  | { readonly kind: "unreadable"; readonly failure: OrchestratorFailure };

/** What the answer to a question for the state means to somebody who wants this action carried out. */
export function stateSeen(outcome: CallOutcome, reading: StateReading, wanted: OrchestratorAction): StateSeen {
  if (outcome.kind === "failed") return unreadable(outcome.failure.message);
  const fault = faultOfAnswer(outcome.answer);
  if (fault !== undefined) return unreadable(fault.message);
  let json: unknown;
  try {
    json = JSON.parse(outcome.answer.body);
  } catch {
    return unreadable("the answer is no JSON"); // which is not repeated: nobody knows what it holds
  }
  const value = valueAt(json, reading.pointer);
  if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number") {
    return unreadable("the answer has no state where it should stand");
  }
  const text = String(value);
  if (isWanted(text, reading, wanted)) return { kind: "as-wanted" };
  return { kind: "other", failure: { message: `it says that its state is ${JSON.stringify(text.slice(0, 60))}` } };
}

function isWanted(text: string, { pausedWhen, reducingWhen, runningWhen }: StateReading, wanted: OrchestratorAction) {
  switch (wanted) {
    case "pause":
      return pausedWhen.has(text);
    case "reduce":
      return reducingWhen.has(text);
    case "resume":
      return runningWhen.size > 0 ? runningWhen.has(text) : !pausedWhen.has(text) && !reducingWhen.has(text);
    default:
      return wanted satisfies never;
  }
}

function unreadable(message: string): StateSeen {
  return { kind: "unreadable", failure: { message: `its state cannot be read: ${message}` } };
}
