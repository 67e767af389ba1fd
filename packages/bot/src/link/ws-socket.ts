/** The link's connection by `ws`, which is bundled into the published package: docs/adr/0003. */
import { WebSocket } from "ws";
import {
  CONNECT_TIMEOUT_MS,
  type LinkSocket,
  MAX_RECEIVED_BYTES,
  type SocketEvents,
  type SocketTarget,
} from "./link-socket.ts";

export function openWsSocket({ url, token }: SocketTarget, { onOpen, onText, onClose }: SocketEvents): LinkSocket {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    maxPayload: MAX_RECEIVED_BYTES,
    followRedirects: false,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
  let fault: string | undefined;
  socket.on("open", onOpen);
  socket.on("message", (data) => onText(String(data)));
  socket.on("error", (error) => {
    fault ??= error.message;
  });
  socket.on("close", (code, reason) => onClose(fault ?? `closed with ${code} ${String(reason)}`.trim()));
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}
