/** An orchestrator in this process that answers as a test wants it, on simulated time. */
import type { OrchestratorAnswer, OrchestratorClock, OutgoingRequest } from "../orchestrator-call.ts";
import type { OrchestratorRequest, OrchestratorSettings } from "../orchestrator-settings.ts";
import { parseTemplate } from "../template.ts";

export type FakeState = "running" | "reducing" | "paused";

/** What it does with a request. */
export type Behaviour =
  | "good"
  /** Nothing listens. */
  | "refused"
  /** Carries it out a moment later, and answers then. */
  | "slow"
  /** Carries it out late, and never answers. */
  | "lost-answer"
  /** Answers that it is done, and does nothing. */
  | "lying"
  | "error"
  /** Its state is no JSON. */
  | "gibberish";

/** How late a request is carried out at most, milliseconds: less than what is waited for an answer. */
export const MAX_LATE_MS = 1500;

const DEEDS: Readonly<Record<string, FakeState>> = { pause: "paused", reduce: "reducing", resume: "running" };

export interface SeenRequest {
  readonly what: string;
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly url: string;
}

export class FakeOrchestrator {
  state: FakeState = "running";
  behaviour: (what: string) => Behaviour = () => "good";
  lateMs: () => number = () => MAX_LATE_MS;
  readonly seen: SeenRequest[] = [];
  /** Called when a request arrives, before it is answered. */
  onRequest: (what: string) => void = () => undefined;
  readonly #clock: OrchestratorClock;

  constructor(clock: OrchestratorClock) {
    this.#clock = clock;
  }

  /** What was asked, other than for its state. */
  get asked(): readonly string[] {
    return this.seen.map(({ what }) => what).filter((what) => what !== "state");
  }

  readonly fetch = (request: OutgoingRequest): Promise<OrchestratorAnswer> => {
    const what = new URL(request.url).pathname.slice(1);
    const { headers, body, url } = request;
    this.seen.push({ what, atMs: this.#clock.monotonic(), headers, body, url });
    this.onRequest(what);
    switch (this.behaviour(what)) {
      case "good":
        return this.#answer(what);
      case "refused":
        return Promise.reject(new Error("connection refused"));
      case "slow":
        return new Promise((resolve) => {
          this.#clock.after(this.lateMs(), () => resolve(this.#answer(what)));
        });
      case "lost-answer":
        this.#clock.after(this.lateMs(), () => void this.#answer(what));
        return new Promise(() => undefined);
      case "lying":
        return Promise.resolve({ status: 200, body: JSON.stringify({ status: this.state }) });
      case "error":
        return Promise.resolve({ status: 503, body: "" });
      case "gibberish":
        return what === "state" ? Promise.resolve({ status: 200, body: "<html>" }) : this.#answer(what);
    }
  };

  async #answer(what: string): Promise<OrchestratorAnswer> {
    this.state = DEEDS[what] ?? this.state;
    return { status: 200, body: JSON.stringify({ status: this.state }) };
  }
}

/** Settings that speak to it. */
export function fakeSettings(changes: Partial<OrchestratorSettings> = {}): OrchestratorSettings {
  return {
    name: "betting-1",
    scope: { bot: "betting-1" },
    pause: fakeRequest("pause"),
    resume: fakeRequest("resume"),
    timeoutMs: 2000,
    confirmWithinMs: 5000,
    identity: "1",
    ...changes,
  };
}

export function fakeRequest(what: string): OrchestratorRequest {
  return {
    method: "POST",
    url: parseTemplate(`http://127.0.0.1:8700/${what}`, "url"),
    headers: () => ({ Authorization: "Bearer s3cret" }),
    body: parseTemplate('{"reason":"{{reason}}","rule":"{{rule}}","state":"{{state}}","epoch":{{epoch}}}', "json"),
  };
}

export const FAKE_STATE = {
  ...fakeRequest("state"),
  method: "GET",
  body: undefined,
  pointer: ["status"],
  pausedWhen: new Set(["paused"]),
  reducingWhen: new Set(["reducing"]),
  runningWhen: new Set(["running"]),
  everyMs: 200,
  withinMs: 1000,
  checkEveryMs: 5000,
} as const;
