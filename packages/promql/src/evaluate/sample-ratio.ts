/**
 * Where a series lies between 0 and 1, for `limit_ratio`: the same series on every server, whatever else there is. The hash is of
 * the labels as Prometheus's default build lays them out in memory (tag `stringlabels`; builds with `slicelabels` or
 * `dedupelabels` choose others). Source: Prometheus 3, promql/engine.go (`HashRatioSampler`), model/labels/labels_stringlabels.go.
 */
import type { Labels } from "@haltwatch/store/labels";
import { xxhash64 } from "./xxhash64.ts";

/** Longer texts have their length in three bytes instead of one. */
const LONGEST_SHORT = 254;

/** From 0 up to 1. */
export function ratioPlace(labels: Labels): number {
  return Number(xxhash64(layout(labels))) / 2 ** 64;
}

/** Those of `ratio` and of `ratio − 1` make the whole. */
export function isWithinRatio(ratio: number, place: number): boolean {
  return ratio >= 0 ? place < ratio : place >= 1 + ratio;
}

/** Names and values in turn, each after its length. */
function layout(labels: Labels): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const pair of labels) {
    for (const text of pair) {
      const encoded = encoder.encode(text);
      const size = encoded.length;
      if (size <= LONGEST_SHORT) bytes.push(size);
      else bytes.push(255, size & 0xff, (size >> 8) & 0xff, (size >> 16) & 0xff);
      for (const byte of encoded) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}
