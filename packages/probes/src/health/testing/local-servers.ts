/** Servers on free loopback ports that answer as a test wants, or not at all. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

export async function httpServer(answer: RequestListener): Promise<LocalServer & { readonly url: string }> {
  const server = await listening(createHttpServer(answer));
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** Takes connections, and says nothing. */
export function silentServer(): Promise<LocalServer> {
  return listening(createServer());
}

/** A port on which nobody is. */
export async function closedPort(): Promise<number> {
  const server = await silentServer();
  await server[Symbol.asyncDispose]();
  return server.port;
}

/** @param answer `undefined`: none */
export async function udpServer(answer: (asked: Buffer) => Buffer | undefined): Promise<LocalServer> {
  const socket = createSocket("udp4");
  socket.on("message", (asked: Buffer, { port, address }: RemoteInfo) => {
    const answered = answer(asked);
    if (answered !== undefined) socket.send(answered, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const closed = (): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
  return { port: socket.address().port, [Symbol.asyncDispose]: closed };
}

async function listening(server: Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
