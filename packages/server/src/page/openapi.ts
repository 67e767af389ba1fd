/**
 * Haltwatch's own API described for programs: OpenAPI 3.1, from what each route says of itself and the schemas that its requests are
 * checked with. Prometheus's and Alertmanager's parts are theirs, and described there.
 */
import { z } from "zod";
import type { Route } from "../api/index.ts";

const OWN = "/api/haltwatch/";

const ERROR = { $ref: "#/components/schemas/Error" };

const REFUSALS = {
  400: "The request is wrong.",
  401: "The token is missing or wrong.",
  403: "No control token is configured: nothing can be changed.",
  404: "There is no such thing.",
} as const;

export function openApi(routes: readonly Route[], version: string): object {
  const paths = new Map<string, Record<string, object>>();
  for (const route of routes) {
    if (!route.path.startsWith(OWN)) continue;
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    const operations = paths.get(path) ?? {};
    for (const method of route.methods) if (method !== "HEAD") operations[method.toLowerCase()] = operationOf(route);
    paths.set(path, operations);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Haltwatch",
      version,
      description:
        "What Haltwatch has beside Prometheus's HTTP API (/api/v1) and Alertmanager's (/api/v2), which it serves, too. Times are RFC 3339, UTC.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://localhost:9898" }],
    security: [{ token: [] }],
    paths: Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description:
            "The control token for what changes something; for what only shows the read token, if one is configured.",
        },
      },
      schemas: {
        Error: {
          type: "object",
          required: ["status", "errorType", "error"],
          properties: { status: { const: "error" }, errorType: { type: "string" }, error: { type: "string" } },
        },
      },
    },
  };
}

function operationOf({ path, access, doc }: Route): object {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  const parameters = [
    ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...Object.entries(doc?.query ?? {}).map(([name, description]) => ({
      ...{ name, in: "query", description, schema: { type: "string" } },
    })),
  ];
  return {
    summary: doc?.summary ?? "",
    ...(access === "control" ? {} : { security: access === "open" ? [] : [{}, { token: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(doc?.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(doc.body, "input") } } } }),
    responses: { 200: successOf(doc?.answer), ...refusalsOf({ access, names, hasBody: doc?.body !== undefined }) },
  };
}

function successOf(answer: z.ZodType | string | undefined): object {
  if (typeof answer === "string") return { description: "As it is.", content: { [answer]: {} } };
  const data = answer === undefined ? {} : schemaOf(answer, "output");
  const schema = { type: "object", required: ["status", "data"], properties: { status: { const: "success" }, data } };
  return { description: "Done.", content: { "application/json": { schema } } };
}

function refusalsOf(route: {
  readonly access: Route["access"];
  readonly names: readonly string[];
  readonly hasBody: boolean;
}): object {
  const statuses = [
    ...(route.hasBody ? ([400] as const) : []),
    ...(route.access === "open" ? [] : ([401] as const)),
    ...(route.access === "control" ? ([403] as const) : []),
    ...(route.names.length > 0 ? ([404] as const) : []),
  ];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: REFUSALS[status], content: { "application/json": { schema: ERROR } } },
    ]),
  );
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
