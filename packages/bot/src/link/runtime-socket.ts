/** Which WebSocket the link uses. */
import type { OpenSocket } from "./link-socket.ts";

/**
 * The runtime's way to connect. Bun and Deno have a WebSocket that is better at it than what they have for Node's `http`; on
 * Node it is `ws`, which Node 20 needs, and which sends with less delay than Node's own.
 */
export async function runtimeSocket(): Promise<OpenSocket> {
  if ("Bun" in globalThis || "Deno" in globalThis) return (await import("./global-socket.ts")).openGlobalSocket;
  return (await import("./ws-socket.ts")).openWsSocket;
}
