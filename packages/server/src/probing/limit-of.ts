/** A limit that a pack has, as it is in force; where its pack is not enabled, the pack's own default: it is written nowhere else. */
import { PACKS } from "@haltwatch/packs";
import type { ThresholdValue } from "../config/thresholds.ts";

export function limitOf(thresholds: readonly Pick<ThresholdValue, "name" | "value">[], name: string): number {
  const inForce = thresholds.find((one) => one.name === name)?.value;
  const byPack = PACKS.flatMap((pack) => pack.thresholds).find((one) => one.name === name)?.default;
  const limit = inForce ?? byPack;
  if (limit === undefined) throw new TypeError(`no pack has a threshold ${name}`);
  return limit;
}
