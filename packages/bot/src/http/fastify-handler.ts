/** `/metrics` as a Fastify route. Row E2. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { MetricSource } from "../registry/registry.ts";
import { scrapeRequest } from "./node-handler.ts";
import { ScrapeDesk, type ScrapeOptions } from "./scrape.ts";

/** What the handler needs of Fastify's request. */
interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

/** What the handler needs of Fastify's reply. */
interface FastifyReplyLike {
  code(status: number): unknown;
  headers(headers: Record<string, string>): unknown;
}

/** A Fastify 5 route handler. */
export type FastifyHandler = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<string | Readable>;

/**
 * Serves the metrics, through the application's hooks.
 *
 * @param options limits, and who is told of a rendering that failed
 * @example
 * ```ts
 * fastify.get("/metrics", fastifyHandler(registry));
 * ```
 */
export function fastifyHandler(source: MetricSource, options?: ScrapeOptions): FastifyHandler {
  const desk = new ScrapeDesk(source, options);
  return async (request, reply) => {
    const { status, headers, body } = await desk.answer(scrapeRequest(request.raw));
    reply.code(status);
    reply.headers({ ...headers });
    // Of a text, Fastify would tell HEAD the length, which is not that of the GET's.
    return request.raw.method === "HEAD" ? Readable.from([]) : body;
  };
}
