/** Addresses with their checksum: a digit that was mistyped is found before anything is asked. Source: ERC-55. */
import { keccak_256 } from "@noble/hashes/sha3";

/** Why this is no address to rely on; `undefined` if it is one. The text itself is not repeated. */
export function faultOfAddress(text: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return "this is no address: write 0x and 40 hexadecimal digits";
  if (text === checksumAddress(text)) return undefined;
  const digits = text.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) {
    return "this address has no checksum: copy it with its upper and lower case letters";
  }
  return "this address has a wrong checksum: a digit is mistyped, or a letter's case was changed";
}

/** As it should be written. @param address 0x and 40 hexadecimal digits */
export function checksumAddress(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const hash = keccak_256(digits);
  const cased = [...digits].map((digit, index) => {
    const byte = hash[index >> 1] ?? 0;
    const nibble = index % 2 === 0 ? byte >> 4 : byte & 15;
    return nibble >= 8 ? digit.toUpperCase() : digit;
  });
  return `0x${cased.join("")}`;
}
