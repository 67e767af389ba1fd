/** Every query that people really wrote is read, printed, and read again to the same tree. */
import { readFileSync } from "node:fs";
import { type Expr, parseQuery, prettyQuery, printQuery } from "@haltwatch/promql";
import { expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { testOnInputs } from "../shared-inputs.ts";

/** A tree without its places in the text. */
function shape(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) =>
      key === "span" ? undefined : typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ),
  );
}

function expectStable(query: string): void {
  const tree = parseQuery(query);

  expect(shape(parseQuery(printQuery(tree))), query).toEqual(shape(tree));
  expect(shape(parseQuery(prettyQuery(tree))), query).toEqual(shape(tree));
  expect(printQuery(parseQuery(prettyQuery(tree)))).toBe(printQuery(tree));
}

/** All values of this key, at any depth. */
function valuesOf(key: string, node: unknown): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => (name === key ? [value] : valuesOf(key, value)));
}

testOnInputs("every expression of the rule collections", "rules/**/*.{yml,yaml}", (files) => {
  let queries = 0;
  for (const file of files) {
    if (/bad|invalid|error|config/.test(file.slice(file.lastIndexOf("/")))) continue;
    for (const document of parseAllDocuments(readFileSync(file, "utf8"), { logLevel: "silent" })) {
      for (const expr of valuesOf("expr", document.toJS())) {
        if (typeof expr !== "string" && typeof expr !== "number") continue;
        expectStable(String(expr));
        queries += 1;
      }
    }
  }
  expect(queries).toBeGreaterThan(400);
});

testOnInputs("every query of the dashboards, their variables replaced", "dashboards/**/*.json", (files) => {
  let queries = 0;
  for (const file of files) {
    for (const expr of valuesOf("expr", JSON.parse(readFileSync(file, "utf8")))) {
      if (typeof expr !== "string" || expr === "") continue;
      expectStable(replaceVariables(expr));
      queries += 1;
    }
  }
  expect(queries).toBeGreaterThan(100);
});

/** Where a range belongs, five minutes; elsewhere a word. */
function replaceVariables(query: string): string {
  return query
    .replaceAll(/\$\{?(?:__rate_interval|__interval|__range|interval|resolution)\}?/g, "5m")
    .replaceAll(/\[\[\w+\]\]|\$\{\w+(?::\w+)?\}|\$\w+/g, "x");
}
