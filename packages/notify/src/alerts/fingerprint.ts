/** An alert's name in 16 letters: FNV-1a of its labels, as Alertmanager's API gives it. Source: prometheus/common, model/signature.go. */
import type { Labels } from "@haltwatch/store/labels";

const UTF8 = new TextEncoder();

/** Stands behind each name and each value: no UTF-8 has it. */
const SEPARATOR = 0xff;

/** 64 bits, hexadecimal. */
export function fingerprintOf(labels: Labels): string {
  // 64-bit multiplication in halves of 32: BigInt takes a hundred times as long.
  let high = 0xcbf2_9ce4;
  let low = 0x8422_2325;
  const add = (byte: number) => {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    // The prime is 2^40 + 0x1b3.
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + low * 2 ** 8) % 2 ** 32;
    low = product % 2 ** 32;
  };
  for (const [name, value] of labels) {
    for (const text of [name, value]) {
      for (const byte of UTF8.encode(text)) add(byte);
      add(SEPARATOR);
    }
  }
  return hexadecimal(high) + hexadecimal(low);
}

function hexadecimal(half: number): string {
  return half.toString(16).padStart(8, "0");
}
