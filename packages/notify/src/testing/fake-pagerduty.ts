/** PagerDuty's Events API v2 with its documented limits (https://developer.pagerduty.com/docs/events-api-v2/overview/). */
import { type FakeAnswer, type FakeRequest, FakeServer } from "./fake-server.ts";

export interface Incident {
  readonly summary: string;
  readonly severity: string;
  state: "triggered" | "resolved";
}

interface Event {
  readonly routing_key?: unknown;
  readonly event_action?: unknown;
  readonly dedup_key?: unknown;
  readonly payload?: { readonly summary?: unknown; readonly source?: unknown; readonly severity?: unknown };
}

export class FakePagerduty extends FakeServer {
  readonly routingKey = "0123456789abcdef0123456789abcdef";
  /** By `dedup_key`. */
  readonly incidents = new Map<string, Incident>();

  constructor() {
    super((request) => this.#take(request));
  }

  get enqueue(): string {
    return `${this.url}/v2/enqueue`;
  }

  #take({ method, path, body }: FakeRequest): FakeAnswer {
    if (method !== "POST" || path !== "/v2/enqueue") return { status: 404 };
    if (body.byteLength > 512_000) return { status: 413 };
    const event = JSON.parse(body.toString()) as Event; // looked at below
    const { routing_key, event_action, dedup_key, payload } = event;
    const errors: string[] = [];
    if (typeof routing_key !== "string" || routing_key.length !== 32)
      errors.push("Length of 'routing_key' is incorrect (should be 32 characters)");
    if (typeof dedup_key !== "string" || dedup_key === "" || dedup_key.length > 255)
      errors.push("'dedup_key' is invalid");
    const { summary, source, severity } = payload ?? {};
    if (event_action === "trigger") {
      if (typeof summary !== "string" || summary === "" || summary.length > 1_024)
        errors.push("'payload.summary' is invalid");
      if (typeof source !== "string" || source === "") errors.push("'payload.source' is missing or blank");
      if (!["critical", "error", "warning", "info"].includes(String(severity)))
        errors.push("'payload.severity' is invalid");
    } else if (event_action !== "resolve" && event_action !== "acknowledge") errors.push("'event_action' is invalid");
    if (errors.length > 0)
      return {
        status: 400,
        body: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }),
      };
    const key = String(dedup_key);
    const known = this.incidents.get(key);
    if (event_action === "trigger")
      this.incidents.set(key, { summary: String(summary), severity: String(severity), state: "triggered" });
    else if (known !== undefined) known.state = "resolved";
    return { status: 202, body: JSON.stringify({ status: "success", message: "Event processed", dedup_key: key }) };
  }
}
