/** Whether the machine reaches others: a route out, TCP, HTTP, certificates, names. */
import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { atLeast, type CheckKind, type Finding, type HealthCheck, notHere, unhealthy } from "./health-check.ts";
import { reasonOf } from "./health-report.ts";
import { type Machine, THIS_MACHINE } from "./machine.ts";

export interface HostTarget {
  readonly host: string;
  readonly port: number;
}

interface TargetOptions {
  readonly name: string;
  readonly timeoutMs: number;
}

const DAY_MS = 86_400_000;

/** Whether there is a way out at all: a default route over an interface that is up. Nobody is asked. */
export function routeCheck({ machine = THIS_MACHINE }: { readonly machine?: Machine } = {}): HealthCheck {
  return {
    ...{ kind: "network", name: "", timeoutMs: 5_000 },
    run: async () => {
      const [four, six] = [await machine.read("/proc/net/route"), await machine.read("/proc/net/ipv6_route")];
      if (four === undefined && six === undefined) return notHere("there is no /proc");
      const names = [...defaultRoutes4(four ?? ""), ...defaultRoutes6(six ?? "")];
      const [name] = names;
      if (name === undefined) return unhealthy("there is no default route");
      return { status: "ok", detail: `default route over ${[...new Set(names)].join(", ")}` };
    },
  };
}

/** Whether a TCP connection is taken. */
export function tcpCheck(
  { host, port, name, timeoutMs }: HostTarget & TargetOptions,
  kind: Extract<CheckKind, "tcp" | "network"> = "tcp",
): HealthCheck {
  return {
    ...{ kind, name, timeoutMs },
    run: (signal) =>
      new Promise((resolve, reject) => {
        const begun = performance.now();
        const socket = connect({ host, port });
        onAbort(signal, () => socket.destroy());
        socket.once("error", reject);
        socket.once("connect", () => {
          const value = Math.round(performance.now() - begun);
          resolve({ status: "ok", value, unit: "ms", detail: `connected in ${value} ms` });
          socket.destroy();
        });
      }),
  };
}

export interface HttpTarget extends TargetOptions {
  readonly url: string;
  /** The status that is well; without it all below 400. Redirects are not followed. */
  readonly expectStatus?: number | undefined;
}

/** Whether an HTTP server gives the status that it should. Of its body nothing is read. */
export function httpCheck({ url, expectStatus, name, timeoutMs }: HttpTarget): HealthCheck {
  return {
    ...{ kind: "http", name, timeoutMs },
    run: async (signal) => {
      const begun = performance.now();
      const response = await fetch(url, { signal, redirect: "manual", headers: { accept: "*/*" } });
      await response.body?.cancel();
      const value = Math.round(performance.now() - begun);
      const isWell = expectStatus === undefined ? response.status < 400 : response.status === expectStatus;
      const wanted = isWell || expectStatus === undefined ? "" : `, not ${expectStatus}`;
      const detail = `status ${response.status}${wanted} in ${value} ms`;
      return { status: isWell ? "ok" : "unhealthy", value, unit: "ms", detail };
    },
  };
}

export interface TlsTarget extends HostTarget, TargetOptions {
  /** A certificate that ends sooner is told, days. */
  readonly daysMin: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A file, PEM: of one's own authority, which is trusted in place of those that are known. */
  readonly caFile?: string | undefined;
}

/** Whether a server's certificate is valid for its name, and for how long. */
export function tlsCheck({ host, port, name, timeoutMs, daysMin, now, caFile }: TlsTarget): HealthCheck {
  return {
    ...{ kind: "tls", name, timeoutMs },
    run: async (signal) => {
      const trust = caFile === undefined ? {} : { ca: await readFile(caFile, "utf8") };
      return await new Promise<Finding>((resolve, reject) => {
        // It is looked at also if it is not good, to say until when it was.
        // An address is no name to ask for: RFC 6066, 3.
        const name = isIP(host) === 0 ? { servername: host } : {};
        const socket = connectTls({ host, port, ...name, rejectUnauthorized: false, ...trust });
        onAbort(signal, () => socket.destroy());
        socket.once("error", reject);
        socket.once("secureConnect", () => {
          const endsMs = Date.parse(socket.getPeerCertificate().valid_to ?? "");
          const fault = socket.authorized ? undefined : reasonOf(socket.authorizationError);
          resolve(certificateFinding(endsMs, fault, { daysMin, nowMs: now() }));
          socket.destroy();
        });
      });
    },
  };
}

function certificateFinding(
  endsMs: number,
  fault: string | undefined,
  { daysMin, nowMs }: { readonly daysMin: number; readonly nowMs: number },
): Finding {
  if (Number.isNaN(endsMs)) return unhealthy("it showed no certificate");
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const until = `until ${new Date(endsMs).toISOString().slice(0, 10)}`;
  const finding = atLeast(days, daysMin, "days", `valid ${until}, ${days} days left`);
  return fault === undefined
    ? finding
    : { ...finding, status: "unhealthy", detail: `not trusted: ${fault} (${until})` };
}

export interface DnsTarget extends TargetOptions {
  readonly host: string;
  /** Addresses of which at least one must be answered; any, if there are none. */
  readonly expect: readonly string[];
  /** `127.0.0.1:5353`; the system's own if there is none. */
  readonly server?: string | undefined;
}

/** Whether a name has an address, IPv4 or IPv6, from a name server itself and not from a cache of the system. */
export function dnsCheck({ host, expect, server, name, timeoutMs }: DnsTarget): HealthCheck {
  return {
    ...{ kind: "dns", name, timeoutMs },
    run: async (signal) => {
      const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
      if (server !== undefined) resolver.setServers([server]);
      onAbort(signal, () => resolver.cancel());
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const found = answers.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
      const [first] = answers;
      if (found.length === 0) {
        return unhealthy(first?.status === "rejected" ? reasonOf(first.reason) : `${host} has no address`);
      }
      const isExpected = expect.length === 0 || expect.some((one) => found.includes(one));
      const detail = found.slice(0, 5).join(", ");
      return isExpected ? { status: "ok", detail } : unhealthy(`${detail}: none of ${expect.join(", ")}`);
    },
  };
}

/** Source: Linux, net/ipv4/fib_trie.c (`fib_route_seq_show`): interface, destination, gateway, flags (1: up), …, mask. */
function defaultRoutes4(text: string): string[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , flags, , , , mask]) => {
      const isUp = (Number.parseInt(flags ?? "0", 16) & 1) === 1;
      return destination === "00000000" && mask === "00000000" && isUp;
    })
    .map(([name = ""]) => name);
}

/** Destination, its prefix, …, flags, interface. The kernel's own route that refuses everything is over `lo`. */
function defaultRoutes6(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([destination, prefix, , , , , , , , name]) => {
      return /^0{32}$/.test(destination ?? "") && prefix === "00" && name !== undefined && name !== "lo";
    })
    .map((columns) => columns[9] ?? "");
}

function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener("abort", call, { once: true });
}
