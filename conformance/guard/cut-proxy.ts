/**
 * The network between bots and Haltwatch, in a process of its own: `fork("cut-proxy.ts", [port])` passes on to that port of this
 * machine. It can be cut: silently, as by a pulled cable, where nobody is told; or with a reset, as by a firewall or a router that
 * has restarted.
 */
import { connect, createServer, type Socket } from "node:net";
import { monotonicMs } from "./monotonic.ts";

export type ToProxy = { readonly id: number } & (
  | { readonly kind: "cut"; readonly way: "silent" | "reset" }
  | { readonly kind: "heal" }
);

export type FromProxy =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "done"; readonly id: number; readonly atMs: number };

const target = Number(process.argv[2]);

let cut: "silent" | "reset" | undefined;
const sockets = new Set<Socket>();

const server = createServer({ pauseOnConnect: true }, (fromBot) => {
  const toHaltwatch = connect(target, "127.0.0.1");
  for (const [one, other] of [
    [fromBot, toHaltwatch],
    [toHaltwatch, fromBot],
  ] as const) {
    sockets.add(one);
    one.setNoDelay(true);
    one.on("data", (bytes) => void other.write(bytes));
    one.on("error", () => undefined); // what was cut is closed, and that is all
    one.on("close", () => {
      sockets.delete(one);
      other.destroy();
    });
    apply(one);
  }
});

function apply(socket: Socket): void {
  if (cut === undefined) socket.resume();
  else if (cut === "silent") socket.pause();
  else socket.resetAndDestroy();
}

process.on("message", (message: ToProxy) => {
  const atMs = monotonicMs();
  cut = message.kind === "cut" ? message.way : undefined;
  for (const socket of [...sockets]) apply(socket);
  tell({ kind: "done", id: message.id, atMs });
});
process.on("disconnect", () => process.exit(0));

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") tell({ kind: "ready", port: address.port });
});

function tell(message: FromProxy): void {
  process.send?.(message);
}
