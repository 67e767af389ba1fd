/**
 * Posts alerts to real Alertmanagers as Prometheus does, for people who have one: what fires, again and again, and what is over
 * for a while. Which message was lost does not matter then: the next says the same.
 * Source: Prometheus, notifier/notifier.go and rules/alerting.go (`sendAlerts`, `ResolvedRetention`).
 */
import { errorLine, type JsonLog } from "@haltwatch/bot";
import type { Alert } from "@haltwatch/notify";
import type { Clock } from "../scrape/clock.ts";

/** How often everything is posted, milliseconds. */
const RESEND_MS = 60_000;

/** An Alertmanager that hears no more takes the alert for over after so long, milliseconds: four times {@link RESEND_MS}. */
const VALID_MS = 4 * RESEND_MS;

/** What is over is posted for so long, milliseconds. */
const RESOLVED_MS = 15 * 60_000;

/** Longest that one request takes, milliseconds. */
const TIMEOUT_MS = 10_000;

/** How soon a post that failed is made again, milliseconds. */
const RETRY_MS = 5_000;

/** Most alerts that are kept, and that one request carries. */
const MAX_ALERTS = 10_000;
const MAX_BATCH = 256;

export interface AlertmanagersOptions {
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly log: JsonLog;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly fetch?: typeof fetch;
}

export class Alertmanagers implements Disposable {
  readonly #clock: Clock;
  readonly #log: JsonLog;
  readonly #redact: (text: string) => string;
  readonly #fetch: typeof fetch;
  /** By labels. */
  readonly #alerts = new Map<string, Alert>();
  readonly #failing = new Set<string>();
  readonly #abort = new AbortController();
  #urls: readonly string[];
  #cancel: () => void = () => undefined;

  constructor({ urls, clock, log, redact, fetch: fetchWith = fetch }: AlertmanagersOptions) {
    this.#urls = urls;
    this.#clock = clock;
    this.#log = log;
    this.#redact = redact;
    this.#fetch = fetchWith;
    this.#later(RESEND_MS);
  }

  use(urls: readonly string[]): void {
    this.#urls = urls;
    this.#postAll();
  }

  /** Posts what is new at once, and all of it from time to time. */
  post(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (this.#alerts.size >= MAX_ALERTS && !this.#alerts.has(alert.labels.key)) continue;
      this.#alerts.set(alert.labels.key, alert);
    }
    this.#send(alerts);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#abort.abort();
  }

  #postAll(): void {
    const nowMs = this.#clock.now();
    for (const [key, { endsAtMs }] of this.#alerts)
      if (endsAtMs !== undefined && endsAtMs + RESOLVED_MS < nowMs) this.#alerts.delete(key);
    this.#send([...this.#alerts.values()]);
    this.#later(RESEND_MS);
  }

  #later(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => this.#postAll());
  }

  #send(alerts: readonly Alert[]): void {
    if (this.#urls.length === 0) return;
    for (let from = 0; from < alerts.length; from += MAX_BATCH) {
      const body = JSON.stringify(alerts.slice(from, from + MAX_BATCH).map((alert) => this.#posted(alert)));
      for (const url of this.#urls) void this.#sendTo(url, body);
    }
  }

  async #sendTo(url: string, body: string): Promise<void> {
    try {
      const response = await this.#fetch(`${url.replace(/\/$/, "")}/api/v2/alerts`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        redirect: "error",
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      if (this.#failing.delete(url)) this.#log.info("alertmanager_back", { url });
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // Once for each time that it goes: all is posted again until it is back.
      if (!this.#failing.has(url))
        this.#log.error("alertmanager_unreachable", { url, error: this.#redact(errorLine(error)) });
      this.#failing.add(url);
      this.#later(RETRY_MS);
    }
  }

  /** `PostableAlert` of its API v2. */
  #posted({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: Alert): object {
    return {
      labels: labels.toObject(),
      annotations: Object.fromEntries(annotations),
      startsAt: new Date(startsAtMs).toISOString(),
      endsAt: new Date(endsAtMs ?? this.#clock.now() + VALID_MS).toISOString(),
      ...(generatorUrl === "" ? {} : { generatorURL: generatorUrl }),
    };
  }
}
