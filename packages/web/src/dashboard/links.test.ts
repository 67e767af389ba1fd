// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
import { expect, test } from "vitest";
import { fieldHref, safeHref } from "./links.ts";

test.each([
  ["https://example.org/a?b=1", "https://example.org/a?b=1"],
  ["/d/abc/some-name?var-a=1", "#/dashboards/abc?var-a=1"],
  ["https://grafana.example/d/abc/x", "#/dashboards/abc"],
  ["#/alerts", "#/alerts"],
  ["/api/v1/alerts", "/api/v1/alerts"],
])("%s leads to %s", (url, href) => {
  expect(safeHref(url)).toBe(href);
});

test.each([
  "javascript:alert(1)",
  " java\nscript:alert(1)",
  "data:text/html,x",
  "//evil.example",
  "\\\\evil.example",
  "vbscript:x",
  "",
  "https://",
])("%j leads nowhere", (url) => {
  expect(safeHref(url)).toBeUndefined();
});

test("variables and labels are filled in before the address is judged", () => {
  const lookup = (name: string) => (name === "x" ? { values: ["javascript:alert(1)"] } : undefined);

  expect(fieldHref("${x}", lookup)).toBeUndefined();
  expect(fieldHref("https://e.org/${__field.labels.bot}/${__field.name}", lookup, "n", { bot: "b" })).toBe(
    "https://e.org/b/n",
  );
});
