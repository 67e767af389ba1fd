/** `/metrics` on a node:http or Express server of the bot's own. Row E2. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { MetricSource } from "../registry/registry.ts";
import { ScrapeDesk, type ScrapeOptions, type ScrapeRequest, type ScrapeResponse } from "./scrape.ts";

/** A request handler of node:http. It always answers, so it has no use for Express's `next`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves the metrics. `GET` and `HEAD`; the format that `Accept` prefers; gzip where it is accepted.
 *
 * @param options limits, and who is told of a rendering that failed
 * @example
 * ```ts
 * createServer(nodeHandler(registry));      // node:http
 * app.get("/metrics", nodeHandler(registry)); // Express
 * ```
 */
export function nodeHandler(source: MetricSource, options?: ScrapeOptions): NodeHandler {
  const desk = new ScrapeDesk(source, options);
  return (request, response) => {
    if (response.headersSent) return; // somebody before us has answered
    desk.answer(scrapeRequest(request)).then(
      (answer) => send(answer, response),
      () => response.destroy(), // the application's own `onError` threw
    );
  };
}

/** What of a node:http request a scrape depends on. */
export function scrapeRequest({ method = "GET", headers }: IncomingMessage): ScrapeRequest {
  const encoding = headers["accept-encoding"];
  return {
    method,
    accept: headers.accept,
    acceptEncoding: Array.isArray(encoding) ? encoding.join() : encoding,
  };
}

function send({ status, headers, body }: ScrapeResponse, response: ServerResponse): void {
  if (response.destroyed || response.headersSent) {
    if (typeof body !== "string") body.destroy();
    return;
  }
  response.writeHead(status, headers);
  if (typeof body === "string") response.end(body);
  // An error here is a reader that went away, or a rendering that failed, which the desk tells: pipeline has ended both.
  else pipeline(body, response, () => undefined);
}
