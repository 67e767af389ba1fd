/** The link's connection by the runtime's own WebSocket. It takes no headers: the token goes with hello. */
import { CONNECT_TIMEOUT_MS, type LinkSocket, type SocketEvents, type SocketTarget } from "./link-socket.ts";

export function openGlobalSocket({ url }: SocketTarget, { onOpen, onText, onClose }: SocketEvents): LinkSocket {
  const socket = new WebSocket(url);
  let isOver = false;
  const over = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    onClose(reason);
  };
  const abandon = (reason: string): void => {
    over(reason); // the close event may wait for an answer that never comes
    socket.close();
  };
  const timer = setTimeout(() => abandon(`no connection within ${CONNECT_TIMEOUT_MS} ms`), CONNECT_TIMEOUT_MS);
  socket.addEventListener("open", () => {
    clearTimeout(timer);
    if (!isOver) onOpen();
  });
  socket.addEventListener("message", ({ data }) => {
    if (!isOver) onText(String(data));
  });
  socket.addEventListener("error", () => abandon("the connection failed"));
  socket.addEventListener("close", ({ code, reason }) => over(`closed with ${code} ${reason}`.trim()));
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
    terminate: () => abandon("ended"),
  };
}
