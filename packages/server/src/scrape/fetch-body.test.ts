import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { HaltwatchError } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { Secrets } from "../secrets/index.ts";
import { BodyBuffers } from "./body-buffers.ts";
import { httpFetch } from "./fetch-body.ts";
import { HttpClient } from "./http-client.ts";
import { scrapeConfig } from "./scrape-config.ts";
import { oneLineOf, ScrapeError } from "./scrape-error.ts";
import { completeJob } from "./scrape-job.ts";

/** Asks a real server, and gives the body or the error's code. */
async function fetched(listener: RequestListener, config: object = {}, timeoutMs = 5_000): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  const job = completeJob(scrapeConfig.parse({ job_name: "j", ...config }));
  using client = new HttpClient(job, new Secrets({ env: { TOKEN: "t0ken" } }));
  const fetching = httpFetch(new BodyBuffers())({
    url: new URL(`http://127.0.0.1:${port}/metrics`),
    client,
    timeoutMs,
    maxBytes: job.body_size_limit || 1_000_000,
    followsRedirects: job.follow_redirects,
  });
  const timer = setTimeout(() => fetching.cancel(new ScrapeError("TIMEOUT", "too slow", "Hurry")), timeoutMs);
  try {
    const { bytes, contentType } = await fetching.body;
    return `${contentType}: ${Buffer.from(bytes).toString()}`;
  } catch (error) {
    if (!(error instanceof HaltwatchError)) throw error;
    expect(oneLineOf(error)).toContain(error.hint);
    return error.code;
  } finally {
    clearTimeout(timer);
    server.closeAllConnections();
    server.close();
  }
}

const TYPE = { "Content-Type": "text/plain" };

test("a body comes as it is, or unzipped", async () => {
  expect(await fetched((_, r) => r.writeHead(200, TYPE).end("a 1\n"))).toBe("text/plain: a 1\n");
  const zipped = gzipSync("b 2\n");
  const gzip: RequestListener = (_, r) => r.writeHead(200, { ...TYPE, "Content-Encoding": "gzip" }).end(zipped);
  expect(await fetched(gzip)).toBe("text/plain: b 2\n");
});

test("headers say what is wanted, and who asks", async () => {
  const echo: RequestListener = ({ headers: h }, r) =>
    r
      .writeHead(200, TYPE)
      .end(
        [
          h.host?.slice(0, 9),
          h.accept,
          h["accept-encoding"],
          h.authorization,
          h["x-prometheus-scrape-timeout-seconds"],
        ].join(" "),
      );

  const config = { authorization: { credentials: "env:TOKEN" }, scrape_protocols: ["PrometheusText0.0.4"] };
  expect(await fetched(echo, config)).toBe(
    "text/plain: 127.0.0.1 text/plain;version=0.0.4;q=0.6,*/*;q=0.5 gzip Bearer t0ken 5",
  );
});

test("too large a body is cut off, announced or not, zipped or not", async () => {
  const limit = { body_size_limit: "1000" };
  const endless: RequestListener = (_, r) => {
    const more = (): boolean => r.write("a 1\n".repeat(1_000));
    r.on("drain", more);
    while (more());
  };

  expect(await fetched((_, r) => r.end("x".repeat(999)), limit)).toContain("xxx");
  expect(await fetched((_, r) => r.end("x".repeat(1_000)), limit)).toBe("BODY_TOO_LARGE");
  expect(await fetched(endless, limit)).toBe("BODY_TOO_LARGE");
  const bomb = gzipSync(Buffer.alloc(100_000));
  const zipped: RequestListener = (_, r) => r.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb);
  expect(await fetched(zipped, limit)).toBe("BODY_TOO_LARGE");
});

test("a target that drips, lies, breaks off or refuses has an error of its own", async () => {
  const drip: RequestListener = (_, r) => {
    const timer = setInterval(() => r.write("a"), 10);
    r.on("close", () => clearInterval(timer));
  };

  expect(await fetched(drip, {}, 200)).toBe("TIMEOUT");
  expect(await fetched(() => undefined, {}, 200)).toBe("TIMEOUT");
  expect(await fetched((_, r) => r.writeHead(200, { "Content-Encoding": "gzip" }).end("no"))).toBe("BAD_ENCODING");
  expect(await fetched((_, r) => r.writeHead(200, { "Content-Length": "99" }).write("a", () => r.destroy()))).toBe(
    "UNREACHABLE",
  );
  expect(await fetched((q) => q.socket.destroy())).toBe("UNREACHABLE");
  expect(await fetched((_, r) => r.writeHead(503).end())).toBe("HTTP_STATUS");
  expect(await fetched((_, r) => r.end(), { bearer_token: "env:NONE" })).toBe("SECRET_MISSING");
});

test("redirects are followed, unless the job says otherwise, and not for ever", async () => {
  const once: RequestListener = ({ url }, r) =>
    url === "/metrics" ? r.writeHead(302, { Location: "/there" }).end() : r.writeHead(200, TYPE).end(url);

  expect(await fetched(once)).toBe("text/plain: /there");
  expect(await fetched(once, { follow_redirects: false })).toBe("HTTP_STATUS");
  expect(await fetched((_, r) => r.writeHead(301, { Location: "/metrics" }).end())).toBe("TOO_MANY_REDIRECTS");
});
