/** `/metrics` wherever requests and responses are the web's own: Hono, Bun.serve, Deno.serve. Row E2. */
import type { Readable } from "node:stream";
import type { MetricSource } from "../registry/registry.ts";
import { ScrapeDesk, type ScrapeOptions } from "./scrape.ts";

/** A handler of web-standard requests. */
export type FetchHandler = (request: Request) => Promise<Response>;

/**
 * Serves the metrics. `GET` and `HEAD`; the format that `Accept` prefers; gzip where it is accepted.
 *
 * @param options limits, and who is told of a rendering that failed
 * @example
 * ```ts
 * Bun.serve({ port: 9898, fetch: fetchHandler(registry) });
 * ```
 */
export function fetchHandler(source: MetricSource, options?: ScrapeOptions): FetchHandler {
  const desk = new ScrapeDesk(source, options);
  return async (request) => {
    const { status, headers, body } = await desk.answer({
      method: request.method,
      accept: request.headers.get("accept") ?? undefined,
      acceptEncoding: request.headers.get("accept-encoding") ?? undefined,
    });
    if (typeof body === "string") return new Response(request.method === "HEAD" ? null : body, { status, headers });
    if (request.signal.aborted) body.destroy(); // gone while we rendered: nobody would cancel the body
    return new Response(webStream(body), { status, headers });
  };
}

/**
 * As `Readable.toWeb`, which in Node 24 throws an uncaught exception when a client cancels while data flows: it pushes into
 * a stream that has just been closed. This one gives a chunk only when it is asked for one.
 */
function webStream(body: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await chunks.next(); // throws where the rendering failed: the stream fails too
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** What the handler needs of Hono's context. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
}

/**
 * Serves the metrics.
 *
 * @param options limits, and who is told of a rendering that failed
 * @example
 * ```ts
 * app.get("/metrics", honoHandler(registry));
 * ```
 */
export function honoHandler(
  source: MetricSource,
  options?: ScrapeOptions,
): (context: HonoContextLike) => Promise<Response> {
  const handle = fetchHandler(source, options);
  return (context) => handle(context.req.raw);
}
