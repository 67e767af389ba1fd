import { createHash } from "node:crypto";
import { Labels } from "@haltwatch/store";
import { expect, test } from "vitest";
import { Relabelling } from "./relabel.ts";
import { relabelConfig } from "./relabel-config.ts";

const GIVEN = { a: "foo", b: "bar", c: "Baz", __meta_x: "m" };

/** What rules, written as in YAML, make of the labels. */
function relabelled(...rules: object[]): Record<string, string> | undefined {
  const labels = new Map(Object.entries(GIVEN));
  const isKept = new Relabelling(rules.map((rule) => relabelConfig.parse(rule))).applyTo(labels);
  return isKept ? Labels.from(labels).toObject() : undefined;
}

test("replace joins the sources, and puts groups into the target's name and value", () => {
  expect(relabelled({ source_labels: ["a", "b"], target_label: "d" })).toEqual({ ...GIVEN, d: "foo;bar" });
  expect(
    relabelled({ source_labels: ["a"], regex: "f(?P<rest>o+)", target_label: "x_$rest", replacement: "$$1-$1" }),
  ).toEqual({ ...GIVEN, x_oo: "$1-oo" });
  expect(relabelled({ source_labels: ["a"], regex: "o+", target_label: "d" })).toEqual(GIVEN);
  expect(relabelled({ source_labels: ["none"], target_label: "a" })).toEqual({ b: "bar", c: "Baz", __meta_x: "m" });
  expect(relabelled({ target_label: "d", replacement: "fixed" })).toEqual({ ...GIVEN, d: "fixed" });
});

test("keep and drop match the whole value; keepequal and dropequal compare", () => {
  expect(relabelled({ source_labels: ["a"], regex: "fo", action: "keep" })).toBeUndefined();
  expect(relabelled({ source_labels: ["a"], regex: "fo.", action: "keep" })).toEqual(GIVEN);
  expect(relabelled({ source_labels: ["a"], regex: "foo|x", action: "drop" })).toBeUndefined();
  expect(relabelled({ source_labels: ["a"], target_label: "b", action: "keepequal" })).toBeUndefined();
  expect(relabelled({ source_labels: ["a"], target_label: "b", action: "dropequal" })).toEqual(GIVEN);
});

test("hashmod gives what Prometheus gives", () => {
  // Source: Prometheus 3, model/relabel/relabel_test.go.
  expect(relabelled({ source_labels: ["c"], target_label: "d", action: "hashmod", modulus: 1000 })?.["d"]).toBe(
    String(BigInt(`0x${md5Tail("Baz")}`) % 1000n),
  );
});

test("labelmap, labeldrop and labelkeep go by names; case changes", () => {
  expect(relabelled({ regex: "__meta_(.+)", action: "labelmap" })).toEqual({ ...GIVEN, x: "m" });
  expect(relabelled({ regex: "a|__.*", action: "labeldrop" })).toEqual({ b: "bar", c: "Baz" });
  expect(relabelled({ regex: "a|b", action: "labelkeep" })).toEqual({ a: "foo", b: "bar" });
  expect(relabelled({ source_labels: ["c"], target_label: "c", action: "uppercase" })?.["c"]).toBe("BAZ");
  expect(relabelled({ source_labels: ["c"], target_label: "c", action: "LowerCase" })?.["c"]).toBe("baz");
});

test("what is no rule is refused", () => {
  const fault = (rule: object): string | undefined => relabelConfig.safeParse(rule).error?.issues[0]?.message;

  expect(fault({ action: "rename" })).toMatch(/the action is one of replace/);
  expect(fault({ action: "hashmod", target_label: "x" })).toBe("hashmod needs a modulus above 0");
  expect(fault({ source_labels: ["a"] })).toBe("replace needs a target_label");
  expect(fault({ action: "labeldrop", source_labels: ["a"] })).toBe("labeldrop takes only a regex");
  expect(fault({ action: "keepequal", target_label: "a", regex: "x" })).toMatch(/takes only source_labels/);
  expect(fault({ action: "keep", regex: "a(" })).toMatch(/is not RE2's/);
});

function md5Tail(text: string): string {
  return createHash("md5").update(text).digest("hex").slice(16);
}
