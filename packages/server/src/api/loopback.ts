/** Which addresses and names stay on this machine. */
import { isIP } from "node:net";

/** @param address an IP address, or `localhost` */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, ""); // IPv4 on an IPv6 socket
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/**
 * Whether a `Host` header names a server on loopback by one of its own names. A page elsewhere that lets its own name
 * resolve to 127.0.0.1 (DNS rebinding) would otherwise read answers through the browser.
 *
 * @param otherNames by which it is reached, too: that of a proxy before it
 */
export function namesThisMachine(hostHeader: string | undefined, otherNames: readonly string[]): boolean {
  if (hostHeader === undefined) return true; // HTTP/1.0: no browser sends that
  const name = hostHeader
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
  return isLoopback(name) || otherNames.some((other) => other.toLowerCase() === name);
}
