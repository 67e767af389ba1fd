/** A hundred targets as a bot's owner has them: venues' APIs, half of them behind TLS, nodes of chains, sequencers. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const TARGETS = 100;

/** Of a venue's answer, bytes. */
const BODY_BYTES = 4_096;

export interface Targets extends AsyncDisposable {
  /** `haltwatch.toml` that looks at all of them. */
  readonly toml: (intervalMs: number) => string;
  /** The certificate that whoever looks must trust, if there is one: it is made with openssl. */
  readonly caFile: string | undefined;
}

export async function startTargets(): Promise<Targets> {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  const certificate = makeCertificate(folder);
  const plain = await listening(createServer(answer));
  const tls = certificate === undefined ? undefined : await listening(createTlsServer(certificate, answer));
  const plainUrl = `http://localhost:${portOf(plain)}`;
  const tlsUrl = tls === undefined ? plainUrl : `https://localhost:${portOf(tls)}`;
  return {
    caFile: certificate === undefined ? undefined : join(folder, "cert.pem"),
    toml: (intervalMs) => `
[chains.bench]
id = 42161
native = "ETH"
rpc = ["${tlsUrl}/rpc"]
uptime_feed = "0xFdB631F5EE196F0ed6FAa767959853A9F217697D"
[heartbeat]
interval = "${intervalMs}ms"
timeout = "2s"
attempts = 2
listen = "127.0.0.1:0"
${Array.from({ length: TARGETS }, (_, index) => serviceOf(index, plainUrl, tlsUrl)).join("")}`,
    [Symbol.asyncDispose]: async () => {
      for (const server of [plain, tls]) {
        server?.closeAllConnections();
        server?.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Of ten: seven venues, two nodes, one sequencer. */
function serviceOf(index: number, plainUrl: string, tlsUrl: string): string {
  const name = `target-${index}`;
  const url = index % 2 === 0 ? tlsUrl : plainUrl;
  const kind = index % 10 === 9 ? "sequencer" : index % 10 >= 7 ? "rpc" : "http";
  const more =
    kind === "http"
      ? `url = "${url}/venue"\nvenue = "venue-${index}"\nexpect_json = { "/status" = "success" }`
      : `chain = "bench"\nurl = "${url}/rpc"`;
  return `[[heartbeat.services]]\nkind = "${kind}"\nname = "${name}"\n${more}\n`;
}

const VENUE_BODY = JSON.stringify({ status: "success", data: "x".repeat(BODY_BYTES) });

const answer: RequestListener = (request, response) => {
  if (request.url === "/venue") {
    response.end(VENUE_BODY);
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { id, method }: { id: number; method: string } = JSON.parse(Buffer.concat(chunks).toString());
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: resultOf(method) }));
  });
};

function resultOf(method: string): unknown {
  const seconds = Math.floor(Date.now() / 1000);
  switch (method) {
    case "eth_chainId":
      return "0xa4b1";
    case "eth_getBlockByNumber":
      return { number: "0x1000", timestamp: `0x${seconds.toString(16)}`, transactions: [], logsBloom: "0".repeat(512) };
    case "eth_call":
      return `0x${[1, 0, seconds - 86_400, 0, 1].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
    case "eth_syncing":
      return false;
    default:
      return "0x1";
  }
}

function makeCertificate(folder: string): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  try {
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync("openssl", ["req", ...made, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  }
}

async function listening<T extends Server>(server: T): Promise<T> {
  // By name both addresses of loopback are meant, of which a client may try either first.
  server.listen(0, "localhost");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port; // of a TCP server
}
