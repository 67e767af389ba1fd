/**
 * The one place that turns a request for metrics into a response, whatever server it came through. A scrape holds one of a
 * few places from its first moment until its rendering has ended, so that neither many scrapers nor slow ones pile up.
 */
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { errorLine } from "../errors.ts";
import { contentTypeOf } from "../exposition/format.ts";
import type { MetricSource } from "../registry/registry.ts";
import { within } from "../registry/within.ts";
import { acceptsGzip, preferredFormat } from "./negotiate.ts";

/** Scrapes answered at a time; what exceeds it is told to come back. */
export const MAX_CONCURRENT_SCRAPES = 8;

/** How long one scrape may take, reading included, milliseconds; Prometheus's own default scrape timeout is 10 s. */
const SCRAPE_TIMEOUT_MS = 30_000;

/** Bodies with fewer characters are sent as they are: about one network packet, which gzip would not make fewer. */
export const MIN_GZIP_CHARACTERS = 1400;

/** The CPU is the bot's: 770 kB become 6.2 times smaller in 3.8 ms; the default level takes 11.3 ms for 7.1 times. */
const GZIP_LEVEL = 1;

/** After how long a scraper that was turned away may come back, seconds. */
const RETRY_AFTER_SECONDS = "1";

/** What a scrape depends on. */
export interface ScrapeRequest {
  readonly method: string;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
}

export interface ScrapeResponse {
  readonly status: 200 | 405 | 500 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is to be read, or destroyed: that ends the rendering. Left alone, it ends at the time limit. */
  readonly body: string | Readable;
}

/** Limits of one handler, and who is told of what fails in it. */
export interface ScrapeOptions {
  /** Scrapes answered at a time (default 8), 1 or more. */
  readonly maxConcurrent?: number | undefined;
  /** How long one scrape may take, reading included, milliseconds (default 30,000). */
  readonly timeoutMs?: number | undefined;
  /** Told why a rendering failed; its scraper gets status 500, or a cut connection if it already had a part. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Answers scrapes of one source. */
export class ScrapeDesk {
  readonly #source: MetricSource;
  readonly #maxConcurrent: number;
  readonly #timeoutMs: number;
  readonly #onError: (error: unknown) => void;
  #underWay = 0;

  constructor(source: MetricSource, options: ScrapeOptions = {}) {
    this.#source = source;
    this.#maxConcurrent = options.maxConcurrent ?? MAX_CONCURRENT_SCRAPES;
    this.#timeoutMs = options.timeoutMs ?? SCRAPE_TIMEOUT_MS;
    this.#onError = options.onError ?? (() => undefined);
  }

  /** Never rejects because of the source. */
  async answer(request: ScrapeRequest): Promise<ScrapeResponse> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, `${request.method} is not allowed here. Use GET.\n`, { Allow: "GET, HEAD" });
    }
    const format = preferredFormat(request.accept);
    const headers = {
      "Content-Type": contentTypeOf(format),
      "Cache-Control": "no-store",
      Vary: "Accept, Accept-Encoding",
    };
    if (request.method === "HEAD") return { status: 200, headers, body: "" };
    if (this.#underWay >= this.#maxConcurrent) {
      return refusal(503, `${this.#maxConcurrent} scrapes are under way. Scrape less often.\n`, {
        "Retry-After": RETRY_AFTER_SECONDS,
      });
    }

    const startedAt = performance.now();
    const chunks = this.#holdingAPlace(() => this.#source.renderChunks(format));
    const begun = await this.#begin(chunks);
    if ("status" in begun) return begun;
    if (begun.isAll && begun.text.length < MIN_GZIP_CHARACTERS) {
      return {
        status: 200,
        headers: { ...headers, "Content-Length": `${Buffer.byteLength(begun.text)}` },
        body: begun.text,
      };
    }
    const text = Readable.from(chunks, { objectMode: false });
    text.unshift(begun.text);
    const gzip = acceptsGzip(request.acceptEncoding);
    const body = gzip ? zipped(text) : text;
    destroyAfter(this.#timeoutMs - (performance.now() - startedAt), body);
    return { status: 200, headers: gzip ? { ...headers, "Content-Encoding": "gzip" } : headers, body };
  }

  /** As much as is needed to choose how to send it; or why there is nothing to send. */
  async #begin(
    chunks: AsyncGenerator<string, void, undefined>,
  ): Promise<{ readonly text: string; readonly isAll: boolean } | ScrapeResponse> {
    try {
      return await within(this.#timeoutMs, firstPart(chunks));
    } catch (error) {
      void chunks.return().catch(() => undefined); // a rendering that hangs keeps its place until it hangs no more
      return refusal(500, `The metrics could not be rendered: ${errorLine(error)}\n`);
    }
  }

  /** A generator, so that the place is free again however the rendering ends; taken by the first `next()`, at once. */
  async *#holdingAPlace(render: () => AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
    this.#underWay += 1;
    try {
      for await (const chunk of render()) if (chunk !== "") yield chunk;
    } catch (error) {
      this.#onError(error);
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }
}

async function firstPart(chunks: AsyncGenerator<string, void, undefined>): Promise<{ text: string; isAll: boolean }> {
  let text = "";
  while (text.length < MIN_GZIP_CHARACTERS) {
    const { value, done } = await chunks.next();
    if (done === true) return { text, isAll: true };
    text += value;
  }
  return { text, isAll: false };
}

/** An end of either stream, for whatever reason, is the end of both. */
function zipped(text: Readable): Readable {
  const gzip = createGzip({ level: GZIP_LEVEL });
  pipeline(text, gzip, () => undefined); // whoever reads the outcome meets the error there
  return gzip;
}

function destroyAfter(ms: number, body: Readable): void {
  const timer = setTimeout(() => body.destroy(new Error("the scrape took too long to read")), Math.max(0, ms));
  timer.unref();
  body.once("close", () => clearTimeout(timer));
  body.on("error", () => undefined); // also where nobody has begun to read: it must not become an uncaught exception
}

function refusal(
  status: 405 | 500 | 503,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ScrapeResponse {
  return {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Length": `${Buffer.byteLength(text)}`,
      ...headers,
    },
    body: text,
  };
}
