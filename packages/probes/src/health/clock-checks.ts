/** How far the machine's clock is off, against a time server (NTP) or the `Date` of an HTTP server. Nobody is asked unless named. */
import { createSocket } from "node:dgram";
import { type Finding, type HealthCheck, unhealthy } from "./health-check.ts";
import type { HostTarget } from "./network-checks.ts";

interface ClockOptions {
  /** Most that it may be off, seconds. */
  readonly limitSeconds: number;
  readonly timeoutMs: number;
  /** Unix milliseconds: the clock in question. */
  readonly now: () => number;
}

/** From NTP's years to Unix's, seconds: RFC 5905, 6. */
const NTP_EPOCH_SECONDS = 2_208_988_800;

/** NTP counts 2³² seconds, and then from the beginning: next in 2036. */
const NTP_ERA_SECONDS = 2 ** 32;

/** Of a packet without extensions. */
const PACKET_BYTES = 48;

/** Against an NTP server, to some milliseconds. Source: RFC 5905, 8 (offset) and 14 (a client without a state, SNTP). */
export function ntpCheck({ host, port, limitSeconds, timeoutMs, now }: HostTarget & ClockOptions): HealthCheck {
  return {
    ...{ kind: "clock", name: host, timeoutMs },
    run: async (signal) => {
      const asked = Buffer.alloc(PACKET_BYTES);
      asked[0] = 0b00_100_011; // no warning, version 4, client
      const sentMs = now();
      writeTime(asked, 40, sentMs);
      const answer = await exchange(asked, { host, port, signal });
      const receivedMs = now();
      const fault = faultOf(answer, asked);
      if (fault !== undefined) return unhealthy(fault);
      const [theirsInMs, theirsOutMs] = [readTime(answer, 32, receivedMs), readTime(answer, 40, receivedMs)];
      const aheadMs = (sentMs - theirsInMs + (receivedMs - theirsOutMs)) / 2;
      return skewFinding(aheadMs / 1000, limitSeconds, 0);
    },
  };
}

/** Against an HTTP server, to half a second and half of its answer's way. Source: RFC 9110, 6.6.1 (`Date`: whole seconds). */
export function httpDateCheck({
  url,
  limitSeconds,
  timeoutMs,
  now,
}: { readonly url: string } & ClockOptions): HealthCheck {
  return {
    ...{ kind: "clock", name: new URL(url).host, timeoutMs },
    run: async (signal) => {
      const sentMs = now();
      const begun = performance.now();
      const response = await fetch(url, { method: "HEAD", signal, redirect: "manual", cache: "no-store" });
      const wayMs = performance.now() - begun;
      await response.body?.cancel();
      const dateMs = Date.parse(response.headers.get("date") ?? "");
      if (Number.isNaN(dateMs)) return unhealthy("its answer has no Date");
      // It was cut to whole seconds, and made somewhere on the way.
      const aheadMs = sentMs + wayMs / 2 - (dateMs + 500);
      return skewFinding(aheadMs / 1000, limitSeconds, 0.5 + wayMs / 2000);
    },
  };
}

/** @param blurSeconds so much is not known */
function skewFinding(aheadSeconds: number, limitSeconds: number, blurSeconds: number): Finding {
  const value = Math.round(aheadSeconds * 1000) / 1000;
  const off = Math.abs(value);
  const blur = blurSeconds === 0 ? "" : ` ± ${blurSeconds.toFixed(1)} s`;
  const detail = `${off.toFixed(3)} s ${value >= 0 ? "ahead" : "behind"}${blur}`;
  return {
    ...{ status: off > limitSeconds + blurSeconds ? "unhealthy" : "ok", detail },
    ...{ value, limit: limitSeconds, unit: "seconds" },
  };
}

function exchange(
  asked: Buffer,
  { host, port, signal }: HostTarget & { readonly signal: AbortSignal },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4" });
    const end = (): void => {
      signal.removeEventListener("abort", aborted);
      socket.close();
    };
    const aborted = (): void => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener("abort", aborted, { once: true });
    socket.once("error", (error) => {
      end();
      reject(error);
    });
    // Connected, so that nobody else can answer.
    socket.connect(port, host, () => socket.send(asked));
    socket.once("message", (message) => {
      end();
      resolve(message);
    });
  });
}

/** Source: RFC 5905, 7.3 and 7.4. */
function faultOf(answer: Buffer, asked: Buffer): string | undefined {
  if (answer.length < PACKET_BYTES || ((answer[0] ?? 0) & 7) !== 4) return "its answer is no NTP";
  if (!answer.subarray(24, 32).equals(asked.subarray(40, 48))) return "its answer is to another question";
  const stratum = answer[1] ?? 0;
  if (stratum === 0) return `it refuses: ${answer.toString("latin1", 12, 16).replaceAll(/[^A-Z]/g, "")}`;
  if (stratum > 15 || (answer[0] ?? 0) >> 6 === 3) return "it does not know the time itself";
  return undefined;
}

function writeTime(packet: Buffer, at: number, timeMs: number): void {
  const seconds = Math.floor(timeMs / 1000);
  packet.writeUInt32BE((seconds + NTP_EPOCH_SECONDS) % NTP_ERA_SECONDS, at);
  packet.writeUInt32BE(Math.floor(((timeMs - seconds * 1000) / 1000) * 2 ** 32), at + 4);
}

/** @param nearMs in whose era it is taken to be */
function readTime(packet: Buffer, at: number, nearMs: number): number {
  const seconds = packet.readUInt32BE(at) - NTP_EPOCH_SECONDS;
  const eras = Math.round((nearMs / 1000 - seconds) / NTP_ERA_SECONDS);
  return (seconds + eras * NTP_ERA_SECONDS + packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}
