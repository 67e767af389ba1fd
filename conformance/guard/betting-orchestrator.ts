/** A betting bot as it is without the link: metrics to be scraped, and an orchestrator's HTTP API that pauses and resumes it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface OrchestratorRequestSeen {
  readonly path: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly authorization: string | undefined;
  readonly body: string;
}

export class BettingOrchestrator implements AsyncDisposable {
  status: "running" | "paused" = "running";
  /** Seconds: what the rule looks at. */
  oddsAge = 1;
  /** Answers as if it did what it is asked, and does not. */
  isLying = false;
  readonly seen: OrchestratorRequestSeen[] = [];
  readonly port: number;
  readonly #token: string;
  #server: Server | undefined;

  constructor(port: number, token: string) {
    this.port = port;
    this.#token = token;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests to pause and to resume, in order. */
  get deeds(): readonly string[] {
    return this.seen.map(({ path }) => path).filter((path) => path !== "/api/status");
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server = server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
  }

  /** Dies: nothing listens any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = "/" } = request;
    if (path === "/metrics") {
      response.setHeader("Content-Type", "text/plain; version=0.0.4");
      response.end(`# TYPE betting_odds_age_seconds gauge\nbetting_odds_age_seconds ${this.oddsAge}\n`);
      return;
    }
    const timeMs = Date.now();
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const { authorization } = request.headers;
    this.seen.push({ path, timeMs, authorization, body });
    if (authorization !== `Bearer ${this.#token}`) {
      response.writeHead(401).end();
      return;
    }
    if (path === "/api/pause" && !this.isLying) this.status = "paused";
    if (path === "/api/resume" && !this.isLying) this.status = "running";
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ status: this.status }));
  }
}

/** The part of haltwatch.toml that is about it. Its token is in the environment as BETTING_TOKEN. */
export function bettingConfig(url: string): string {
  return `[[orchestrators]]
name = "betting-1"
scope = "bot:betting-1"
headers = { Authorization = "Bearer env:BETTING_TOKEN" }
confirm_within = "2s"

[orchestrators.pause]
url = "${url}/api/pause"
body = '{"reason": "{{reason}}", "rule": "{{rule}}", "state": "{{state}}", "epoch": {{epoch}}}'

[orchestrators.resume]
url = "${url}/api/resume"
body = '{"reason": "{{reason}}", "epoch": {{epoch}}}'

[orchestrators.state]
url = "${url}/api/status"
pointer = "/status"
paused_when = ["paused"]
running_when = ["running"]
check_every = "300ms"
`;
}
