/**
 * A demo of packs: their simulated bots live in a process of their own and are reached as a user's are, by the link, by scrapes and
 * through an orchestrator; Slack and Telegram are played by servers of this machine. All else is Haltwatch as it always is.
 */
import { once } from "node:events";
import { demoCast } from "./demo-bots.ts";
import { faultTime } from "./fault-times.ts";
import { Faults } from "./faults.ts";

export interface PackDemoFlags {
  /** Names; some that show all ways without it. */
  readonly pack?: readonly string[];
  /** Of Haltwatch; 0 picks a free one. */
  readonly port: number;
  readonly seed: number;
  /** Bots live so many times as fast as the clock. */
  readonly speed: number;
  /** Seconds. */
  readonly duration?: number;
  /** `NAME@SECONDS` */
  readonly fault?: readonly string[];
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ends when it is told to, or its time is over. @throws {CommandError}, {ListenError}: then nothing is left running */
export async function packDemo(flags: PackDemoFlags, version: string): Promise<void> {
  const { pack, port, seed, speed, duration, fault = [] } = flags;
  const { packs, bots } = demoCast(pack);
  const faults = new Faults(bots);
  const later = fault.map(faultTime).map((time) => ({ place: faults.find(time), seconds: time.seconds }));
  // Loaded when all is well: what is wrong is said without waiting for it.
  const { RunningDemo } = await import("./running-demo.ts");
  const end = new AbortController();
  const stop = (): void => end.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  const timers: NodeJS.Timeout[] = [];
  try {
    await using demo = await RunningDemo.start({ packs, bots, faults, port, seed, speed, version, signal: end.signal });
    for (const { place, seconds } of later) timers.push(setTimeout(() => demo.switch(place, true), seconds * 1000));
    if (duration !== undefined) timers.push(setTimeout(stop, duration * 1000));
    const isAsked = await Promise.race([asked(end.signal).then(() => true), demo.botsEnded.then(() => false)]);
    if (!isAsked) process.exitCode = 1; // without its bots there is nothing to see
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

async function asked(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
