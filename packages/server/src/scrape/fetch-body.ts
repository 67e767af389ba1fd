/** Fetches what a target exposes: one GET, over a connection that is kept, within limits. */
import * as http from "node:http";
import * as https from "node:https";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type BodyBuffers, GrowingBody } from "./body-buffers.ts";
import type { HttpClient } from "./http-client.ts";
import { ScrapeError } from "./scrape-error.ts";

/** As Go's client, which Prometheus uses. */
const MAX_REDIRECTS = 10;

/** Of a body whose length is not announced, bytes. */
const EXPECTED_BYTES = 64 * 2 ** 10;

/** A larger announced length is not believed until it has arrived, bytes. */
const MAX_EXPECTED_BYTES = 4 * 2 ** 20;

export interface ScrapeRequest {
  readonly url: URL;
  readonly client: HttpClient;
  readonly timeoutMs: number;
  /** A body of so many bytes, uncompressed, is too large. */
  readonly maxBytes: number;
  readonly followsRedirects: boolean;
}

export interface FetchedBody {
  /** Valid until {@link release}. */
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** Lets go of the bytes. */
  release(): void;
}

/** A fetch under way. */
export interface Fetching {
  /** Rejects with a {@link ScrapeError}, of {@link cancel} or of its own. */
  readonly body: Promise<FetchedBody>;
  /** Ends it at once; without effect once it has ended. */
  cancel(reason: ScrapeError): void;
}

/** How bodies are fetched, so that tests need no network. */
export type Fetch = (request: ScrapeRequest) => Fetching;

/** Over HTTP. */
export function httpFetch(buffers: BodyBuffers): Fetch {
  return (request) => {
    const exchange = new Exchange(request, buffers);
    return { body: exchange.run(), cancel: (reason) => exchange.cancel(reason) };
  };
}

const unzip = promisify(gunzip);

class Exchange {
  readonly #request: ScrapeRequest;
  readonly #buffers: BodyBuffers;
  #current: http.ClientRequest | undefined;
  #canceled: ScrapeError | undefined;

  constructor(request: ScrapeRequest, buffers: BodyBuffers) {
    this.#request = request;
    this.#buffers = buffers;
  }

  cancel(reason: ScrapeError): void {
    this.#canceled ??= reason;
    this.#current?.destroy(reason);
  }

  async run(): Promise<FetchedBody> {
    const { client, followsRedirects } = this.#request;
    const first = this.#request.url;
    const authorization = client.hasCredentials ? await client.authorization() : undefined;
    let url = first;
    for (let redirects = 0; ; redirects++) {
      // Whoever a target redirects to must not get its credentials.
      const response = await this.#get(url, url.origin === first.origin ? authorization : undefined);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (status === 200) return this.#bodyOf(response);
      response.resume();
      response.destroy();
      if (!followsRedirects || ![301, 302, 303, 307, 308].includes(status) || location === undefined) {
        const fault = `the target answers ${status} ${response.statusMessage ?? ""}`.trimEnd();
        throw new ScrapeError("HTTP_STATUS", fault, hintOf(status));
      }
      if (redirects === MAX_REDIRECTS) {
        const fault = `the target redirects more than ${MAX_REDIRECTS} times`;
        throw new ScrapeError("TOO_MANY_REDIRECTS", fault, "Name the final address as the target");
      }
      if (!URL.canParse(location, url.href)) {
        const fault = `the target redirects to ${JSON.stringify(location)}, which is no address`;
        throw new ScrapeError("HTTP_STATUS", fault, "Name the final address as the target");
      }
      url = new URL(location, url);
    }
  }

  /** A kept connection may have been closed by the target just now: then the request goes over a new one. */
  async #get(url: URL, authorization: string | undefined): Promise<http.IncomingMessage> {
    try {
      return await this.#getOnce(url, authorization);
    } catch (error) {
      if (this.#canceled !== undefined) throw this.#canceled;
      if (this.#current?.reusedSocket !== true || !isReset(error)) throw unreachable(error);
    }
    try {
      return await this.#getOnce(url, authorization);
    } catch (error) {
      throw this.#canceled ?? unreachable(error);
    }
  }

  #getOnce(url: URL, authorization: string | undefined): Promise<http.IncomingMessage> {
    if (this.#canceled !== undefined) return Promise.reject(this.#canceled);
    const { client, timeoutMs } = this.#request;
    const { protocol, hostname, port, pathname, search, host } = url;
    const options = {
      host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
      port,
      path: `${pathname}${search}`,
      agent: client.agent(protocol),
      headers: client.headers(host, timeoutMs, authorization),
    };
    return new Promise((resolve, reject) => {
      this.#current = (protocol === "https:" ? https : http).request(options, resolve);
      this.#current.on("error", reject);
      this.#current.end();
    });
  }

  async #bodyOf(response: http.IncomingMessage): Promise<FetchedBody> {
    const body = await this.#gathered(response);
    const contentType = response.headers["content-type"];
    if (response.headers["content-encoding"] !== "gzip") {
      return { bytes: body.bytes, contentType, release: () => body.release() };
    }
    try {
      // Not on the event loop's thread; one byte less than what is too much.
      const bytes = await unzip(body.bytes, { maxOutputLength: Math.max(1, this.#request.maxBytes - 1) });
      return { bytes, contentType, release: () => undefined };
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge(this.#request.maxBytes);
      const hint = "Let the target send what its Content-Encoding says, or set enable_compression: false";
      throw new ScrapeError("BAD_ENCODING", "the body is not gzip, though the target says so", hint, error);
    } finally {
      body.release();
    }
  }

  #gathered(response: http.IncomingMessage): Promise<GrowingBody> {
    const { maxBytes } = this.#request;
    const announced = Number(response.headers["content-length"] ?? EXPECTED_BYTES);
    const body = new GrowingBody(this.#buffers, Math.min(announced, MAX_EXPECTED_BYTES));
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        body.release();
        reject(this.#canceled ?? error);
      };
      response.on("data", (chunk: Buffer) => {
        if (body.length + chunk.length < maxBytes) body.add(chunk);
        else response.destroy(tooLarge(maxBytes));
      });
      response.on("end", () => resolve(body));
      response.on("error", (error) => fail(error instanceof ScrapeError ? error : unreachable(error)));
      response.on("close", () => {
        if (!response.complete) fail(unreachable(new Error("the connection was closed in the middle of the body")));
      });
    });
  }
}

function tooLarge(maxBytes: number): ScrapeError {
  const fault = `the body has ${maxBytes} bytes or more`;
  return new ScrapeError("BODY_TOO_LARGE", fault, "Expose fewer series, or raise the job's body_size_limit");
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

function unreachable(error: unknown): ScrapeError {
  if (error instanceof ScrapeError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Of several addresses tried in vain, Node's error has no text of its own.
  const parts = error instanceof AggregateError ? error.errors : [error];
  const reason = parts.map((part) => (part instanceof Error ? part.message : String(part))).join("; ");
  return new ScrapeError("UNREACHABLE", reason, HINTS.get(code) ?? "See that the target runs and is reachable", error);
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "Nothing listens there: start the target, or mend its address"],
  ["ENOTFOUND", "Mend the target's host name"],
  ["EAI_AGAIN", "The name server does not answer: see to the network"],
  ["CERT_HAS_EXPIRED", "Renew the target's certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "Name the certificate in tls_config.ca_file"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "Name the certificate authority in tls_config.ca_file"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Name the certificate authority in tls_config.ca_file"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Set tls_config.server_name to a name that the certificate has"],
]);

function hintOf(status: number): string {
  if (status === 401 || status === 403) return "Set the job's basic_auth or authorization to what the target wants";
  if (status === 404) return "Set metrics_path to where the target exposes its metrics";
  if (status >= 300 && status < 400) return "Set follow_redirects: true, or name the final address as the target";
  return "See the target's log";
}
