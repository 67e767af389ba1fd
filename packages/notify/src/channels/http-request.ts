/**
 * One HTTP request of a channel: with a deadline, no redirect followed (it would carry credentials to another place), of the answer
 * no more than the first kilobytes read, and no address in what is said of it, for addresses hold secrets.
 */

import { harmless } from "../message/harmless.ts";
import { type Delivery, delivered, type Outcome, refused, retry } from "./channel.ts";
import type { Secrets } from "./secrets.ts";

/** So much of an answer is read, bytes. */
const MAX_ANSWER_BYTES = 8_192;

/** So much of an answer is repeated to people, UTF-16 units. */
const MAX_REASON = 300;

/** Longest time that is waited because the other side says so, milliseconds. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

export interface HttpRequest {
  readonly url: string;
  readonly method: "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | FormData;
}

export type HttpAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** What the header says, milliseconds. */
      readonly retryAfterMs: number | undefined;
      readonly body: string;
    }
  | { readonly kind: "none"; readonly reason: string };

export async function request(
  { url, method, headers, body }: HttpRequest,
  { fetch, clock, timeoutMs, signal }: Delivery,
): Promise<HttpAnswer> {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort());
  try {
    const response = await fetch(url, {
      method,
      headers: { "user-agent": "haltwatch", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    const retryAfterMs = retryAfter(response.headers.get("retry-after"), clock.now());
    // A status is an answer, even if what follows it never comes: the message was taken, or was not.
    const text = await firstBytes(response).catch(() => "");
    return { kind: "answer", status: response.status, retryAfterMs, body: text };
  } catch (error) {
    if (deadline.signal.aborted) return { kind: "none", reason: `no answer within ${timeoutMs} ms` };
    if (signal.aborted) return { kind: "none", reason: "stopped" };
    return { kind: "none", reason: failureReason(error) };
  } finally {
    cancel();
  }
}

/** What most APIs mean by an answer. */
export function outcomeOf(answer: HttpAnswer, secrets: Secrets, detail?: string): Outcome {
  if (answer.kind === "none") return retry(answer.reason);
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return delivered();
  const reason = reasonOf(status, detail ?? answer.body, secrets);
  if (status === 429 || status === 408 || status === 425 || status >= 500) return retry(reason, retryAfterMs);
  if (status >= 300 && status < 400) return refused("channel", `${reason}: redirects are not followed`);
  const isChannels = status === 401 || status === 403 || status === 404 || status === 410 || status === 405;
  return refused(isChannels ? "channel" : "message", reason);
}

/** `HTTP 404: channel_not_found`. */
export function reasonOf(status: number, detail: string, secrets: Secrets): string {
  const said = harmless(secrets.removedFrom(detail), MAX_REASON);
  return `HTTP ${status}${said === "" ? "" : `: ${said}`}`;
}

/** Never longer than a day: who asks for more is asked again then. */
export function boundedRetryAfter(ms: number): number | undefined {
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(header)) return boundedRetryAfter(Number(header) * 1_000);
  return boundedRetryAfter(Math.max(0, Date.parse(header) - nowMs));
}

async function firstBytes(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (bytes >= MAX_ANSWER_BYTES) {
      await reader.cancel();
      return text;
    }
  }
}

/** The code alone: messages of fetch name the address. */
function failureReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const candidate of [cause, error]) {
    if (
      typeof candidate === "object" &&
      candidate !== null &&
      "code" in candidate &&
      typeof candidate.code === "string"
    )
      return `cannot be reached (${harmless(candidate.code, 60)})`;
  }
  return "cannot be reached";
}
