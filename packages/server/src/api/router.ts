/** Which endpoint a request is for. */
import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import type { Answer } from "./answer.ts";
import type { Parameters } from "./parameters.ts";

export interface ApiRequest {
  readonly method: string;
  readonly parameters: Parameters;
  /** What stands in the path in the place of `:name`, decoded. */
  readonly pathValue: string;
  /** Of a request that is no form; empty if there is none. */
  readonly body: Uint8Array;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** Who may: anyone who reaches the server, who may read, or who may change something. */
export type Access = "open" | "read" | "control";

/** What is said of a route to those who write programs: `GET /api/haltwatch/openapi.json`. */
interface RouteDoc {
  /** What it does, without a full stop. */
  readonly summary: string;
  /** What its parameters mean, by name. */
  readonly query?: Readonly<Record<string, string>>;
  /** Of the request's JSON. */
  readonly body?: z.ZodType;
  /** Of what stands under `data`; or the content type of what is no JSON. */
  readonly answer?: z.ZodType | string;
}

export interface Route {
  readonly methods: readonly string[];
  /** `/api/v1/label/:name/values`: one segment may be anything but empty. */
  readonly path: string;
  readonly access: Access;
  /** Of those under `/api/haltwatch`. */
  readonly doc?: RouteDoc;
  /** @throws {ApiError} what is refused; anything else is answered as `internal` */
  readonly handle: (request: ApiRequest) => Answer | Promise<Answer>;
}

export type RouteMatch =
  | { readonly kind: "found"; readonly route: Route; readonly pathValue: string }
  /** The path is known with other methods. */
  | { readonly kind: "other-method"; readonly methods: readonly string[] }
  | { readonly kind: "not-found" };

export class Router {
  /** By what their path matches: of routes without a variable, the path itself. */
  readonly #fixed = new Map<string, Route[]>();
  readonly #variable: { readonly pattern: RegExp; readonly route: Route }[] = [];

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.path.includes("/:")) this.#variable.push({ pattern: patternOf(route.path), route });
      else this.#fixed.set(route.path, [...(this.#fixed.get(route.path) ?? []), route]);
    }
  }

  /** @param path without the query, as it came */
  find(method: string, path: string): RouteMatch {
    const fixed = this.#fixed.get(path) ?? [];
    const candidates = fixed.map((route) => ({ route, pathValue: "" }));
    for (const { pattern, route } of fixed.length > 0 ? [] : this.#variable) {
      const value = decoded(pattern.exec(path)?.[1]);
      if (value !== undefined) candidates.push({ route, pathValue: value });
    }
    const found = candidates.find(({ route }) => route.methods.includes(method));
    if (found !== undefined) return { kind: "found", ...found };
    const methods = new Set(candidates.flatMap(({ route }) => route.methods));
    return methods.size === 0 ? { kind: "not-found" } : { kind: "other-method", methods: [...methods].sort() };
  }
}

function patternOf(path: string): RegExp {
  const segments = path
    .split("/")
    .map((segment) => (segment.startsWith(":") ? "([^/]+)" : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${segments.join("/")}$`);
}

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined; // no UTF-8, which no name is
  }
}
