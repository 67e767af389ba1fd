import { expect, test } from "vitest";
import { formatOf } from "./content-type.ts";

test("the media type decides, whatever its version", () => {
  for (const type of ["text/plain", "text/plain; version=0.0.4; charset=utf-8", 'TEXT/Plain ;x="a;b"', "text/plain;"]) {
    expect(formatOf(type), type).toEqual({ format: "text", warning: undefined });
  }
  expect(formatOf("application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8").format).toBe(
    "openmetrics",
  );
});

test("what is not known needs a fallback, as in Prometheus 3", () => {
  const types = [
    undefined,
    "",
    "application/json",
    "text/html",
    "text/plain; charset",
    "a/b/c",
    "text/plain; a=1; a=2",
  ];
  for (const type of types) {
    expect(() => formatOf(type), type).toThrow(/the target/);
    expect(formatOf(type, "openmetrics").format, type).toBe("openmetrics");
    expect(formatOf(type, "text").warning, type).toContain("read as text");
  }
});
