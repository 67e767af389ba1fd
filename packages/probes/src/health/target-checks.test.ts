import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { httpDateCheck, ntpCheck } from "./clock-checks.ts";
import type { CheckResult, HealthCheck } from "./health-check.ts";
import { healthReport } from "./health-report.ts";
import { dnsCheck, httpCheck, tcpCheck, tlsCheck } from "./network-checks.ts";
import { scraperCheck } from "./scraper-check.ts";
import { closedPort, httpServer, silentServer, udpServer } from "./testing/local-servers.ts";
import { unitCheck } from "./unit-check.ts";
import { vaultCheck } from "./vault-check.ts";

const folder = mkdtempSync(join(tmpdir(), "haltwatch-health-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the machine: it is nothing that npm installs. */
const OPENSSL = "openssl";

const COMMON = { name: "it", timeoutMs: 2_000 };

async function all(check: HealthCheck): Promise<readonly CheckResult[]> {
  return (await healthReport([check], Date.now)).checks;
}

async function found(check: HealthCheck): Promise<CheckResult> {
  const [result] = await all(check);
  if (result === undefined) throw new Error("it found nothing");
  return result;
}

describe("D1 Vault, by its documented codes", () => {
  const BODY = { initialized: true, sealed: false, standby: false };

  test.each([
    [200, "ok", "active"],
    [429, "ok", "standby"],
    [472, "ok", "dr-secondary"],
    [473, "ok", "performance-standby"],
    [474, "unhealthy", "standby-cut-off"],
    [501, "unhealthy", "not-initialized"],
    [503, "unhealthy", "sealed"],
    [530, "unhealthy", "removed"],
  ])("%i is %s: %s", async (status, health, state) => {
    const asked: unknown[] = [];
    await using vault = await httpServer((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.writeHead(status).end(JSON.stringify(BODY));
    });

    const result = await found(vaultCheck({ url: vault.url, timeoutMs: 2_000 }));

    expect(result).toMatchObject({ kind: "vault", status: health, state });
    expect(asked).toEqual([["GET", "/v1/sys/health", undefined]]);
  });

  test("that is not there, hangs, or has a proxy before it that answers for it is unreachable", async () => {
    await using silent = await silentServer();
    await using proxy = await httpServer((_, response) => response.writeHead(503).end("<html>Service Unavailable"));
    const urls = [`http://127.0.0.1:${await closedPort()}`, `http://127.0.0.1:${silent.port}`, proxy.url];

    for (const url of urls) {
      const result = await found(vaultCheck({ url, timeoutMs: 200 }));
      expect(result, url).toMatchObject({ status: "unhealthy", state: expect.stringMatching(/unreachable/) });
    }
  });

  test("below a path is asked there", async () => {
    const asked: (string | undefined)[] = [];
    await using vault = await httpServer((request, response) => {
      asked.push(request.url);
      response.end(JSON.stringify(BODY));
    });

    await found(vaultCheck({ url: `${vault.url}/vault/`, timeoutMs: 2_000 }));

    expect(asked).toEqual(["/vault/v1/sys/health"]);
  });
});

describe("D1 targets", () => {
  test("over HTTP are well by their status, an endless body is not read, redirects are not followed", async () => {
    await using server = await httpServer(({ url = "/" }, response) => {
      if (url === "/endless") {
        response.write("x");
        const timer = setInterval(() => response.write("x".repeat(1024)), 1);
        response.on("close", () => clearInterval(timer));
        return;
      }
      response.writeHead(Number(url.slice(1)), { location: "/302" }).end();
    });
    const status = async (path: string, expectStatus?: number) =>
      (await found(httpCheck({ ...COMMON, url: `${server.url}${path}`, expectStatus }))).status;

    expect(await status("/204")).toBe("ok");
    expect(await status("/302")).toBe("ok");
    expect(await status("/404")).toBe("unhealthy");
    expect(await status("/404", 404)).toBe("ok");
    expect(await status("/200", 204)).toBe("unhealthy");
    expect(await status("/endless")).toBe("ok");
  });

  test("over TCP are well if they take the connection", async () => {
    await using server = await silentServer();
    const at = (port: number) => found(tcpCheck({ ...COMMON, host: "127.0.0.1", port }));

    expect(await at(server.port)).toMatchObject({ status: "ok", unit: "ms" });
    expect(await at(await closedPort())).toMatchObject({
      status: "unhealthy",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("have a name that is resolved, to an address that is expected", async () => {
    await using server = await udpServer(dnsAnswer);
    const asked = (host: string, expected: string[] = []) =>
      found(dnsCheck({ ...COMMON, host, expect: expected, server: `127.0.0.1:${server.port}` }));

    expect(await asked("known.test")).toMatchObject({ status: "ok", detail: "192.0.2.7" });
    expect((await asked("known.test", ["192.0.2.8", "192.0.2.7"])).status).toBe("ok");
    expect(await asked("known.test", ["192.0.2.8"])).toMatchObject({
      status: "unhealthy",
      detail: "192.0.2.7: none of 192.0.2.8",
    });
    expect(await asked("unknown.test")).toMatchObject({
      status: "unhealthy",
      detail: expect.stringContaining("ENOTFOUND"),
    });
  });

  test("show a certificate that is trusted, and long enough valid", async () => {
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name)) as [string, string]; // two are two
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-x509", "-days", "30"];
    execFileSync(OPENSSL, ["req", ...kind, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number }; // it listens on a port
    const look = (more: object) =>
      found(tlsCheck({ ...COMMON, host: "localhost", port, daysMin: 14, now: Date.now, ...more }));

    try {
      expect(await look({ caFile: cert })).toMatchObject({ status: "ok", value: 29, limit: 14, unit: "days" });
      expect((await look({ caFile: cert, daysMin: 40 })).status).toBe("unhealthy");
      expect(await look({})).toMatchObject({ status: "unhealthy", detail: expect.stringContaining("not trusted") });
      expect(await look({ caFile: cert, now: () => Date.now() + 31 * 86_400_000 })).toMatchObject({
        status: "unhealthy",
        value: -2,
      });
      expect(await look({ caFile: join(folder, "none") })).toMatchObject({ status: "unhealthy" });
    } finally {
      server.close();
    }
  });
});

describe("D1 the clock", () => {
  const NTP = { host: "127.0.0.1", limitSeconds: 1, timeoutMs: 500 };

  test.each([
    [0, "ok"],
    [900, "ok"],
    [-1_500, "unhealthy"],
    [3_600_000, "unhealthy"],
  ])("that is %i ms off a time server's is %s", async (aheadMs, status) => {
    await using server = await udpServer((asked) => ntpAnswer(asked, Date.now()));

    const result = await found(ntpCheck({ ...NTP, port: server.port, now: () => Date.now() + aheadMs }));

    expect(result.status).toBe(status);
    expect(Math.abs((result.value ?? Number.NaN) - aheadMs / 1000)).toBeLessThan(0.1);
  });

  test("is right also when NTP has counted to its end, in 2036", async () => {
    const nowMs = Date.UTC(2036, 1, 8);
    await using server = await udpServer((asked) => ntpAnswer(asked, nowMs));

    expect((await found(ntpCheck({ ...NTP, port: server.port, now: () => nowMs }))).value).toBeCloseTo(0, 1);
  });

  test("is not known from a server that refuses, does not know, or answers somebody else", async () => {
    for (const spoil of [
      (answer: Buffer) => answer.fill(0, 1, 2).write("RATE", 12),
      (answer: Buffer) => answer.writeUInt8(0b11_100_100, 0),
      (answer: Buffer) => answer.fill(7, 24, 32),
      (answer: Buffer) => answer.writeUInt8(0b00_100_011, 0),
    ]) {
      await using server = await udpServer((asked) => {
        const answer = ntpAnswer(asked, Date.now());
        spoil(answer);
        return answer;
      });
      expect((await found(ntpCheck({ ...NTP, port: server.port, now: Date.now }))).status).toBe("unhealthy");
    }
  });

  test("is held against the Date of an HTTP server, as far as whole seconds say", async () => {
    await using server = await httpServer((_, response) => response.end());
    const look = (aheadMs: number) =>
      found(httpDateCheck({ url: server.url, limitSeconds: 1, timeoutMs: 2_000, now: () => Date.now() + aheadMs }));

    expect((await look(0)).status).toBe("ok");
    expect((await look(5_000)).status).toBe("unhealthy");
    expect((await look(-5_000)).status).toBe("unhealthy");
  });
});

describe("D1 scrapers", () => {
  const ages = [
    { labels: { scraper: "odds", job: "a" }, value: 12.3 },
    { labels: { scraper: "prices", job: "a" }, value: 400 },
    { labels: { scraper: "prices", job: "b" }, value: 3 },
  ];

  test("have had a success lately, and ask so often", async () => {
    const rates = [{ labels: { scraper: "odds", job: "a" }, value: 6.04 }];
    const ask = async (query: string) => (query.startsWith("up") ? [] : query.startsWith("rate") ? rates : ages);

    const results = await all(scraperCheck({ ask, ageLimitSeconds: 300, timeoutMs: 500 }));

    expect(results.map(({ name, status, detail }) => [name, status, detail])).toEqual([
      ["odds", "ok", "last success 12 s ago, 6 requests a minute"],
      ["prices (a)", "unhealthy", "last success 400 s ago"],
      ["prices (b)", "ok", "last success 3 s ago"],
    ]);
  });

  test("whose process is dead are not well, though their series have ended", async () => {
    const ask = async (query: string) =>
      query.startsWith("up") ? [{ labels: { job: "scraper", instance: "bot:9100" }, value: 0 }] : ages.slice(2);

    const results = await all(scraperCheck({ ask, ageLimitSeconds: 300, timeoutMs: 500 }));

    expect(results.map(({ name, status }) => [name, status])).toEqual([
      ["bot:9100", "unhealthy"],
      ["prices", "ok"],
    ]);
  });

  test("that tell no time of a success are not well", async () => {
    const ask = async (query: string) =>
      query.startsWith("time") ? [{ labels: { scraper: "odds" }, value: Number.NaN }] : [];

    const results = await all(scraperCheck({ ask, ageLimitSeconds: 300, timeoutMs: 500 }));

    expect(results).toMatchObject([{ name: "odds", status: "unhealthy" }]);
  });

  test("of which nobody has heard are not well", async () => {
    const results = await all(scraperCheck({ ask: async () => [], ageLimitSeconds: 300, timeoutMs: 500 }));

    expect(results).toMatchObject([{ status: "unhealthy", detail: "no scraper has told anything" }]);
  });
});

describe("D1 units of systemd", () => {
  const shown =
    (active: string, more = "") =>
    async () =>
      `LoadState=loaded\nActiveState=${active}\nSubState=x\n${more}`;

  test.each([
    ["active", "Type=notify", "ok"],
    ["failed", "Type=notify\nResult=exit-code", "unhealthy"],
    ["inactive", "Type=notify\nResult=success", "unhealthy"],
    ["inactive", "Type=oneshot\nResult=success", "ok"],
    ["inactive", "Type=oneshot\nResult=timeout", "unhealthy"],
  ])("%s with %j is %s", async (active, more, status) => {
    const result = await found(unitCheck({ unit: "bot.service", timeoutMs: 500, show: shown(active, more) }));

    expect(result).toMatchObject({ status, state: active });
  });

  test("that are not there are not well; without systemd nobody can tell", async () => {
    const gone = await found(
      unitCheck({ unit: "x.service", timeoutMs: 500, show: async () => "LoadState=not-found\n" }),
    );
    const nowhere = await found(
      unitCheck({
        unit: "x.service",
        timeoutMs: 500,
        show: () => Promise.reject(Object.assign(new Error(), { code: "ENOENT" })),
      }),
    );

    const container = await found(
      unitCheck({
        ...{ unit: "x.service", timeoutMs: 500 },
        show: () => Promise.reject(new Error("System has not been booted with systemd as init system (PID 1).")),
      }),
    );
    const dead = await found(
      unitCheck({
        ...{ unit: "x.service", timeoutMs: 500 },
        show: () => Promise.reject(new Error("Failed to connect to bus: Connection refused")),
      }),
    );

    expect([gone, nowhere, container, dead].map(({ status }) => status)).toEqual([
      "unhealthy",
      "unavailable",
      "unavailable",
      "unhealthy",
    ]);
  });
});

/** `known.test` has the address 192.0.2.7 and no other; nothing else is there. Source: RFC 1035, 4.1. */
function dnsAnswer(asked: Buffer): Buffer {
  const question = asked.subarray(12, asked.indexOf(0, 12) + 5);
  const isKnown = question.includes("known") && !question.includes("unknown");
  const isFour = question.readUInt16BE(question.length - 4) === 1;
  const head = Buffer.alloc(12);
  asked.copy(head, 0, 0, 2);
  head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isKnown && isFour ? 1 : 0, 6);
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([head, question, ...(isKnown && isFour ? [answer] : [])]);
}

/** A server of stratum 2 that takes no time. Source: RFC 5905, 7.3. */
function ntpAnswer(asked: Buffer, timeMs: number): Buffer {
  const answer = Buffer.alloc(48);
  answer.writeUInt8(0b00_100_100, 0);
  answer.writeUInt8(2, 1);
  asked.copy(answer, 24, 40, 48);
  for (const at of [32, 40]) {
    answer.writeUInt32BE((Math.floor(timeMs / 1000) + 2_208_988_800) % 2 ** 32, at);
    answer.writeUInt32BE(Math.floor(((timeMs % 1000) / 1000) * 2 ** 32), at + 4);
  }
  return answer;
}
