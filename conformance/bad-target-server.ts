/**
 * Targets that lie, one on each path, and a good one. In a worker thread of their own: a body without end keeps whoever sends
 * it busy, too. Tells its port to whoever started it.
 */
import { createServer, type ServerResponse } from "node:http";
import { parentPort } from "node:worker_threads";
import { gzipSync } from "node:zlib";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** A gigabyte of one sample again and again. */
const GZIP_BOMB = gzipSync(Buffer.alloc(2 ** 30 - 1, "x 1\n"), { level: 1 });

const CHUNK = Buffer.alloc(2 ** 16, "x 1\n");

const TARGETS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/good": (response) => response.setHeader("Content-Type", TEXT).end("x 1\n"),
  "/wrong-type": (response) => response.setHeader("Content-Type", "text/html").end("<html>x 1</html>"),
  "/endless": (response) => {
    response.setHeader("Content-Type", TEXT);
    send(response, () => CHUNK);
  },
  "/ten-million": (response) => {
    response.setHeader("Content-Type", TEXT);
    let series = 0;
    send(response, () => {
      if (series >= 10_000_000) return undefined;
      const lines = Array.from({ length: 10_000 }, (_, i) => `many{number="${series + i}"} 1\n`);
      series += lines.length;
      return Buffer.from(lines.join(""));
    });
  },
  "/drip": (response) => {
    response.setHeader("Content-Type", TEXT);
    const timer = setInterval(() => response.write("x"), 50);
    response.on("close", () => clearInterval(timer));
  },
  "/garbage": (response) => {
    // A zero byte would end it, as in Prometheus.
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, i) => 1 + ((i * i * 31 + i * 7) % 255)));
    response.setHeader("Content-Type", TEXT).end(bytes);
  },
  "/closes": (response) => {
    response.setHeader("Content-Type", TEXT).write("x 1\n");
    setImmediate(() => response.destroy());
  },
  "/silent": () => undefined,
  "/gzip-bomb": (response) => {
    response.setHeader("Content-Type", TEXT).setHeader("Content-Encoding", "gzip").end(GZIP_BOMB);
  },
  "/redirects": (response) => response.writeHead(302, { Location: "/redirects" }).end(),
  "/half-good": (response) => response.setHeader("Content-Type", TEXT).end('y 1\nz{a="b} 2\n'),
};

/** As fast as it is read. */
function send(response: ServerResponse, next: () => Buffer | undefined): void {
  const more = (): void => {
    for (;;) {
      if (response.destroyed) return;
      const chunk = next();
      if (chunk === undefined) {
        response.end();
        return;
      }
      if (response.write(chunk)) continue;
      response.once("drain", more);
      return;
    }
  };
  more();
}

const server = createServer(({ url = "" }, response) => {
  const target = TARGETS[url];
  if (target === undefined) response.writeHead(404).end();
  else target(response);
}).listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  parentPort?.postMessage(address.port);
});
