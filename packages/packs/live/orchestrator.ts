/**
 * What runs a bot that is not linked, and can pause it, let it close positions only, and resume it: `POST /api/pause`,
 * `POST /api/reduce`, `POST /api/resume`, `GET /api/status`. It answers on when its bot does not.
 */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Intent, TradingState } from "@haltwatch/bot";
import { LoopbackServer } from "./loopback-server.ts";

/** Longest request that it reads, bytes. */
const MAX_BODY = 64 * 1024;

const STATUS = { ACTIVE: "running", REDUCING: "reducing", HALTED: "paused" } as const;

export interface OrchestratorOptions {
  /** Who asks must show it. */
  readonly token: string;
  readonly onState: (state: TradingState, reason: string) => void;
}

export class SimulatedOrchestrator implements AsyncDisposable {
  readonly #options: OrchestratorOptions;
  #server: LoopbackServer | undefined;
  #state: TradingState = "ACTIVE";

  private constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  static async start(options: OrchestratorOptions): Promise<SimulatedOrchestrator> {
    const orchestrator = new SimulatedOrchestrator(options);
    orchestrator.#server = await LoopbackServer.start((request, response) => orchestrator.#answer(request, response));
    return orchestrator;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  allowed(intent: Intent): boolean {
    return this.#state === "ACTIVE" || (this.#state === "REDUCING" && intent === "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (!isSame(request.headers.authorization ?? "", `Bearer ${this.#options.token}`)) {
      response.writeHead(401).end();
      return;
    }
    const deed = `${request.method} ${request.url}`;
    if (deed === "POST /api/pause") this.#set("HALTED", body["reason"]);
    else if (deed === "POST /api/reduce") this.#set("REDUCING", body["reason"]);
    else if (deed === "POST /api/resume") this.#set("ACTIVE", body["reason"]);
    else if (deed !== "GET /api/status") {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ status: STATUS[this.#state] }));
  }

  #set(state: TradingState, reason: unknown): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state, typeof reason === "string" ? reason : "");
  }
}

/** @returns nothing of what is no JSON object, or too long */
async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > MAX_BODY) return {};
  }
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
