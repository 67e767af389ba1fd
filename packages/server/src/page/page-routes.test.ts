import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type ApiServer, startApi } from "../api/index.ts";
import { pageRoutes } from "./page-routes.ts";

const SCRIPT = `${"console.log('hello');\n".repeat(200)}`;

/** A built page in a folder of its own, served. */
class Served implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "haltwatch-page-"));
  #api: ApiServer | undefined;

  constructor() {
    mkdirSync(join(this.folder, "page", "assets"), { recursive: true });
    this.write("page/index.html", '<!doctype html><meta name="csp-nonce" content="{{csp-nonce}}"><title>one</title>');
    this.write("page/assets/index-abc.js", SCRIPT);
    this.write("page/assets/small-abc.css", "a{}");
    this.write("page/favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    this.write("secret.txt", "secret");
    symlinkSync(join(this.folder, "secret.txt"), join(this.folder, "page", "assets", "link.txt"));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  async start(): Promise<this> {
    const routes = pageRoutes({ folder: join(this.folder, "page") }) ?? [];
    this.#api = await startApi({ host: "127.0.0.1", port: 0, routes, tokens: { read: "r" } });
    return this;
  }

  /** The path as it is: no client puts it right. */
  async ask(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    method = "GET",
  ): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }> {
    const port = this.#api?.port;
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers }).end();
    const [response] = await once(request, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api?.stop();
    rmSync(this.folder, { recursive: true });
  }
}

describe("the page's files", () => {
  test("the HTML file needs no token, has a strict policy, and is asked for each time", async () => {
    await using served = await new Served().start();

    const { status, headers, body } = await served.ask("/");

    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-([\w-]{22})';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    const nonce = /'nonce-([\w-]+)'/.exec(policy)?.[1];
    expect(body.toString()).toContain(`content="${nonce}"`);
  });

  test("what it loads is named after its content, and kept for ever", async () => {
    await using served = await new Served().start();

    const script = await served.ask("/assets/index-abc.js");

    expect(script.body.toString()).toBe(SCRIPT);
    expect(script.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      vary: "Accept-Encoding",
    });
    expect((await served.ask("/favicon.svg")).headers["content-type"]).toBe("image/svg+xml");
  });

  test.each([
    ["br, gzip", "br"],
    ["gzip, deflate, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["*", "br"],
    ["identity", undefined],
    ["br;q=0, gzip;q=0", undefined],
  ])("for %j it is packed as %s", async (accepted, coding) => {
    await using served = await new Served().start();

    const { headers, body } = await served.ask("/assets/index-abc.js", { "accept-encoding": accepted });

    expect(headers["content-encoding"]).toBe(coding);
    const unpack = coding === "br" ? brotliDecompressSync : coding === "gzip" ? gunzipSync : (bytes: Buffer) => bytes;
    expect(unpack(body).toString()).toBe(SCRIPT);
    expect(Number(headers["content-length"])).toBe(body.length);
  });

  test("what the client has already is not sent again, nor is a small file packed", async () => {
    await using served = await new Served().start();
    const { headers } = await served.ask("/assets/index-abc.js", { "accept-encoding": "br" });
    const etag = String(headers.etag);

    const asked = (value: string) =>
      served.ask("/assets/index-abc.js", { "accept-encoding": "br", "if-none-match": value });
    const again = await asked(etag);
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect((await asked(`"x", W/${etag}`)).status).toBe(304);
    expect((await asked('"x"')).status).toBe(200);
    const small = await served.ask("/assets/small-abc.css", { "accept-encoding": "br" });
    expect(small.headers["content-encoding"]).toBeUndefined();
  });

  test("HEAD says the same without the body", async () => {
    await using served = await new Served().start();

    const [head, get] = [
      await served.ask("/assets/index-abc.js", {}, "HEAD"),
      await served.ask("/assets/index-abc.js"),
    ];

    expect(head.body.length).toBe(0);
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
    expect((await served.ask("/", {}, "POST")).status).toBe(405);
  });

  test.each([
    "/assets/../secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/assets/%00",
    "/assets/link.txt",
    "/assets/",
    "/assets//etc/passwd",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/secret.txt",
    "/index.html",
    "/assets/__proto__",
    "/assets/constructor",
    "//etc/passwd",
  ])("%s leads nowhere", async (path) => {
    await using served = await new Served().start();

    const { status, body } = await served.ask(path);

    expect(status).toBe(404);
    expect(body.toString()).not.toContain("secret.txt\n");
    expect(body.toString()).not.toBe("secret");
  });

  test("a new build is served without a restart", async () => {
    await using served = await new Served().start();
    const before = await served.ask("/");

    served.write("page/index.html", "<!doctype html><title>two</title>");
    served.write("page/assets/index-def.js", "2");
    utimesSync(join(served.folder, "page", "index.html"), new Date(), new Date(Date.now() + 5_000));

    const after = await served.ask("/", { "if-none-match": String(before.headers.etag) });
    expect([after.status, after.body.toString()]).toEqual([200, "<!doctype html><title>two</title>"]);
    expect((await served.ask("/assets/index-def.js")).body.toString()).toBe("2");
  });

  test("where it is not built there is none", () => {
    expect(pageRoutes({ folder: join(tmpdir(), "haltwatch-no-page") })).toBeUndefined();
  });
});
