/**
 * One request and its whole answer over node:http, with a bound on everything: time, bytes, redirects. A target that lies, hangs or
 * never ends costs its own request, and nothing else.
 */
import * as http from "node:http";
import * as https from "node:https";
import { networkFault } from "./network-fault.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Largest body of an answer, bytes. */
  readonly maxBytes: number;
  /** Redirects that are followed, each to the same host and no less protected; 0 follows none. */
  readonly maxRedirects: number;
  /** Ends it, with all that it has open. */
  readonly signal: AbortSignal;
  /** Keeps connections between requests; without one each request has its own. */
  readonly agent?: http.Agent;
}

export type HttpOutcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: string;
    }
  | { readonly kind: "failed"; readonly fault: HttpFault; readonly detail: string };

type HttpFault = ReturnType<typeof networkFault>["kind"] | "redirect" | "too-large";

/** Never throws: what goes wrong is an outcome. */
export async function httpExchange(request: HttpRequest): Promise<HttpOutcome> {
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const outcome = await once(request, url);
    if (outcome.kind === "failed" || !isRedirect(outcome.status)) return outcome;
    const { location } = outcome.headers;
    if (location === undefined || request.maxRedirects === 0) return outcome;
    if (redirects >= request.maxRedirects) {
      return failed("redirect", `it redirects more than ${request.maxRedirects} times`);
    }
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined) return failed("redirect", "it redirects to what is no URL");
    const fault = faultOfRedirect(url, next);
    if (fault !== undefined) return failed("redirect", fault);
    url = next;
  }
}

function faultOfRedirect(from: URL, to: URL): string | undefined {
  if (to.protocol !== "https:" && to.protocol !== "http:") return "it redirects to what is not HTTP";
  if (from.protocol === "https:" && to.protocol === "http:") return "it redirects from https to http";
  return to.hostname === from.hostname ? undefined : "it redirects to another host";
}

function once({ method, headers, body, maxBytes, signal, agent }: HttpRequest, url: URL): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      if (signal.aborted) resolve(failed("timeout", "no whole answer in time"));
      else resolve({ kind: "failed", ...faultOf(error) });
    };
    let outgoing: http.ClientRequest;
    try {
      const options: http.RequestOptions = {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers: body === undefined ? { ...headers } : { ...headers, "Content-Length": Buffer.byteLength(body) },
        agent: agent ?? false,
        signal,
      };
      outgoing = url.protocol === "https:" ? https.request(url, options) : http.request(url, options);
    } catch (error) {
      fail(error);
      return;
    }
    outgoing.on("error", fail);
    // Whatever became of it: after an upgrade that nobody asked for there is neither an answer nor an error.
    outgoing.on("close", () => fail(undefined));
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maxBytes) {
          chunks.push(chunk);
          return;
        }
        resolve(failed("too-large", `its answer has more than ${maxBytes} bytes`));
        outgoing.destroy();
      });
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ kind: "answer", status, headers: answered, body: Buffer.concat(chunks).toString("utf8") });
      });
      response.on("error", fail);
      response.on("close", () => fail(undefined));
    });
    outgoing.end(body);
  });
}

function faultOf(error: unknown): { readonly fault: HttpFault; readonly detail: string } {
  if (error === undefined) {
    return { fault: "unreachable", detail: "the connection was closed in the middle of the answer" };
  }
  const { kind, detail } = networkFault(error);
  return { fault: kind, detail };
}

function failed(fault: HttpFault, detail: string): HttpOutcome {
  return { kind: "failed", fault, detail };
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
