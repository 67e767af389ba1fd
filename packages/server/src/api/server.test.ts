import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import type { Route } from "./router.ts";
import { startApi } from "./server.ts";

const READ: Route = {
  methods: ["GET"],
  path: "/read",
  access: "read",
  handle: () => ({ kind: "data", data: "seen" }),
};
const CONTROL: Route = {
  methods: ["POST"],
  path: "/act",
  access: "control",
  handle: () => ({ kind: "nothing" }),
};
const OPEN: Route = {
  methods: ["GET", "HEAD"],
  path: "/open",
  access: "open",
  handle: () => ({ kind: "text", status: 200, text: "open\n" }),
};
/** Of the machine: it is nothing that npm installs. */
const OPENSSL = "openssl";

const routes = [READ, CONTROL, OPEN];
const local = { host: "127.0.0.1", port: 0 };

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** The answer to a request with a Host header of our choice, which fetch does not allow. */
async function statusFor(url: string, host: string): Promise<number | undefined> {
  const request = httpRequest(url, { headers: { host } }).end();
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode;
}

describe("who may", () => {
  test("on loopback anyone reads, and nobody acts without a control token", async () => {
    await using api = await startApi({ ...local, routes });

    const read = await fetch(`${api.url}/read`);
    const act = await fetch(`${api.url}/act`, { method: "POST", ...bearer("x") });

    expect([read.status, act.status]).toEqual([200, 403]);
    expect(await act.json()).toMatchObject({ status: "error", errorType: "forbidden" });
  });

  test("the read token reads, the control token reads and acts, others are told what to send", async () => {
    await using api = await startApi({ ...local, routes, tokens: { read: "r", control: "c" } });
    const status = async (path: string, init: RequestInit) => (await fetch(`${api.url}${path}`, init)).status;
    const post = { method: "POST" };

    expect([
      await status("/read", {}),
      await status("/read", bearer("r")),
      await status("/read", bearer("c")),
      await status("/read", bearer("x")),
      await status("/act", post),
      await status("/act", { ...post, ...bearer("r") }),
      await status("/act", { ...post, ...bearer("c") }),
      await status("/open", {}),
    ]).toEqual([401, 200, 200, 401, 401, 401, 204, 200]);
    const refused = await fetch(`${api.url}/read`);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="haltwatch"');
  });

  test.each([
    [{ read: "" }, "EMPTY_TOKEN"],
    [{ read: "a", control: "a" }, "SAME_TOKENS"],
  ])("tokens %j are refused", async (tokens, code) => {
    await expect(startApi({ ...local, routes, tokens })).rejects.toMatchObject({ code });
  });
});

describe("where it listens", () => {
  test("beyond this machine it wants TLS and a token, or to be told that it may be insecure", async () => {
    const elsewhere = { host: "0.0.0.0", port: 0, routes };

    await expect(startApi(elsewhere)).rejects.toMatchObject({
      code: "UNPROTECTED",
      message: "the API on 0.0.0.0, beyond this machine, needs TLS and a read token",
      hint: expect.stringContaining("127.0.0.1"),
    });
    await expect(startApi({ ...elsewhere, tokens: { read: "r" } })).rejects.toThrow(/needs TLS$/);
    await using api = await startApi({ ...elsewhere, insecure: true });
    expect((await fetch(`${api.url}/read`)).status).toBe(200);
  });

  test("a port in use, and a certificate that is none, say so", async () => {
    await using api = await startApi({ ...local, routes });

    await expect(startApi({ ...local, port: api.port, routes })).rejects.toMatchObject({ code: "PORT_IN_USE" });
    await expect(startApi({ ...local, routes, tls: { cert: "no", key: "no" } })).rejects.toMatchObject({
      code: "BAD_TLS",
    });
  });

  test("with TLS it is https", async () => {
    const dir = mkdtempSync(join(tmpdir(), "haltwatch-tls-"));
    const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const subject = [
      "-subj",
      "/CN=localhost",
      "-days",
      "2",
      "-nodes",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
    ];
    execFileSync(OPENSSL, ["req", "-x509", ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    rmSync(dir, { recursive: true });

    await using api = await startApi({ ...local, routes, tls });

    expect(api.url).toMatch(/^https:/);
    const { request } = await import("node:https");
    const [response] = await once(request(`${api.url}/read`, { ca: tls.cert }).end(), "response");
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  test("on loopback another name in Host is refused, but for names it was told", async () => {
    await using api = await startApi({ ...local, routes, allowedHosts: ["metrics.example"] });
    const url = `http://127.0.0.1:${api.port}/read`;

    expect([
      await statusFor(url, "evil.example"),
      await statusFor(url, `localhost:${api.port}`),
      await statusFor(url, "[::1]"),
      await statusFor(url, "Metrics.Example:443"),
    ]).toEqual([403, 200, 200, 200]);
  });
});

describe("what it answers", () => {
  test("unknown paths, other methods and OPTIONS as Prometheus; nothing is for other pages", async () => {
    await using api = await startApi({ ...local, routes });

    const none = await fetch(`${api.url}/none`);
    const other = await fetch(`${api.url}/read`, { method: "POST" });
    const options = await fetch(`${api.url}/read`, { method: "OPTIONS", headers: { origin: "http://evil.example" } });

    expect([none.status, await none.text()]).toEqual([404, "404 page not found\n"]);
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET"]);
    expect([options.status, options.headers.get("access-control-allow-origin")]).toEqual([204, null]);
    expect(none.headers.get("x-content-type-options")).toBe("nosniff");
    expect(none.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("what a handler throws is an answer, and the server is told of what is its own fault", async () => {
    const told: unknown[] = [];
    const bug = new TypeError("bug");
    const route = (path: string, error: Error): Route => ({
      ...READ,
      path,
      handle: () => {
        throw error;
      },
    });
    await using api = await startApi({
      ...local,
      routes: [route("/bug", bug), route("/refused", new ApiError("execution", "no"))],
      onError: (error) => told.push(error),
    });

    const answers = await Promise.all(["/bug", "/refused"].map((path) => fetch(`${api.url}${path}`)));

    expect(answers.map(({ status }) => status)).toEqual([500, 422]);
    expect(await answers[0]?.json()).toEqual({ status: "error", errorType: "internal", error: "bug" });
    expect(told).toEqual([bug]);
  });

  test("a body that is too large is refused", async () => {
    await using api = await startApi({ ...local, routes, tokens: { control: "c" } });

    const response = await fetch(`${api.url}/act`, { method: "POST", body: "x".repeat(11 * 2 ** 20), ...bearer("c") });

    expect(response.status).toBe(413);
  });

  test("a client that goes away aborts the request's signal", async () => {
    const aborted = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const waiting: Route = {
      ...READ,
      handle: async ({ signal }) => {
        begun.resolve();
        await once(signal, "abort");
        aborted.resolve();
        return { kind: "nothing" };
      },
    };
    await using api = await startApi({ ...local, routes: [waiting] });
    const away = new AbortController();
    const refused = expect(fetch(`${api.url}/read`, { signal: away.signal })).rejects.toThrow();
    await begun.promise;

    away.abort();

    await aborted.promise;
    await refused;
  });
});

describe("how it ends", () => {
  test("what is under way is answered, what is idle is closed, and nothing listens", async () => {
    const hold = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow: Route = {
      ...READ,
      path: "/slow",
      handle: async () => {
        begun.resolve();
        await hold.promise;
        return { kind: "data", data: "late" };
      },
    };
    const api = await startApi({ ...local, routes: [...routes, slow] });
    await (await fetch(`${api.url}/read`)).text(); // its connection is kept alive
    const answer = fetch(`${api.url}/slow`);
    await begun.promise;

    const stopped = api.stop();
    hold.resolve();

    expect(await (await answer).json()).toEqual({ status: "success", data: "late" });
    await stopped;
    await expect(fetch(`${api.url}/read`)).rejects.toThrow();
    await api.stop();
  });

  test("who never ends a request does not keep it from ending within 2 s", async () => {
    const api = await startApi({ ...local, routes });
    const socket = connect(api.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET /read HTTP/1.1\r\n");
    await once(socket, "connect");
    const begun = performance.now();

    await api.stop();

    expect(performance.now() - begun).toBeLessThan(2000);
    socket.destroy();
  });
});
