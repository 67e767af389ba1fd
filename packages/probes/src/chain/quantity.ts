/** Numbers and bytes as JSON-RPC writes them. Source: ethereum/execution-apis, "Hex value encoding". */

/** A number of up to 256 bits. @returns `undefined` for anything else */
export function readQuantity(value: unknown): bigint | undefined {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) return undefined;
  return BigInt(value);
}

/** A number that a double holds exactly. */
export function readSmallQuantity(value: unknown): number | undefined {
  const quantity = readQuantity(value);
  return quantity === undefined || quantity > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(quantity);
}

/**
 * Words of 256 bits, as a contract's function returns them.
 *
 * @returns `undefined` for what is no data, or has fewer words
 */
export function readWords(value: unknown, count: number): bigint[] | undefined {
  if (typeof value !== "string" || !/^0x(?:[0-9a-fA-F]{64})*$/.test(value) || value.length < 2 + 64 * count) {
    return undefined;
  }
  return Array.from({ length: count }, (_, index) => BigInt(`0x${value.slice(2 + 64 * index, 66 + 64 * index)}`));
}

/** Of a word in two's complement. */
export function signed(word: bigint): bigint {
  return BigInt.asIntN(256, word);
}
