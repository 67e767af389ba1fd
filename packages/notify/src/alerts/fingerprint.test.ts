import { Labels } from "@haltwatch/store/labels";
import { expect, test } from "vitest";
import { fingerprintOf } from "./fingerprint.ts";

/** prometheus/common's own tests: model/signature_test.go. */
test("fingerprints are Prometheus's", () => {
  expect(fingerprintOf(Labels.EMPTY)).toBe(14_695_981_039_346_656_037n.toString(16));
  expect(fingerprintOf(Labels.from({ name: "garland, briggs", fear: "love is not enough" }))).toBe(
    5_799_056_148_416_392_346n.toString(16),
  );
});
