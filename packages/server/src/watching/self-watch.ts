/**
 * Watches the watcher: whether the event loop keeps time, the clock goes evenly, the disk has room, the store writes, rules are
 * evaluated. Whatever is wrong is told at once; and where nobody watches, nobody is given a lease.
 */
import { statfsSync } from "node:fs";
import type { RuleGroup } from "@haltwatch/rules";
import type { Clock } from "../scrape/clock.ts";

/** How often it is looked, milliseconds. */
const LOOK_MS = 100;

/** The event loop is late from here on, milliseconds. */
const LATE_MS = 250;

/** The wall clock has jumped, if it has moved against the monotonic one by more than this between two looks, milliseconds. */
const CLOCK_JUMP_MS = 1_000;

/** How often what could not be written is tried again, milliseconds. */
const RETRY_MS = 500;

/** Space is low from here on: the smaller of the two. */
const LOW_DISK_BYTES = 500 * 2 ** 20;
const LOW_DISK_RATIO = 0.05;

/** Less than a commit may need, bytes. */
const FULL_DISK_BYTES = 2 ** 20;

/** The same thing is told again after so long, milliseconds. */
const TOLD_AGAIN_MS = 60_000;

export interface DiskSpace {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** What is wrong with Haltwatch itself. */
export interface SelfTrouble {
  readonly kind: "event_loop_late" | "clock_jumped" | "disk_low" | "disk_full" | "store_failing" | "rules_overdue";
  /** `critical`: nobody is given a lease. */
  readonly severity: "warning" | "critical";
  readonly message: string;
}

export interface SelfWatchOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Of the folder that the store is in; `undefined` where it is in memory, or nobody can tell. */
  readonly disk: () => DiskSpace | undefined;
  /** Writes what waits to be written. @throws if it cannot */
  readonly write: () => void;
  /** Groups with pause rules that should have been evaluated. */
  readonly overdue: () => readonly { readonly group: RuleGroup; readonly lateMs: number }[];
  readonly onTrouble: (trouble: SelfTrouble) => void;
}

export class SelfWatch implements Disposable {
  readonly #options: SelfWatchOptions;
  readonly #told = new Map<SelfTrouble["kind"], number>();
  #lookedMs: number;
  #wallAheadMs: number;
  #isFailing = false;
  #triedMs = Number.NEGATIVE_INFINITY;
  #disk: DiskSpace | undefined;
  /** The longest delay since it was asked last, milliseconds. */
  #worstLagMs = 0;
  #jumps = 0;
  #lastJumpMs = 0;
  #cancel: () => void = () => undefined;

  constructor(options: SelfWatchOptions) {
    this.#options = options;
    const { clock } = options;
    this.#lookedMs = clock.monotonic();
    this.#wallAheadMs = clock.now() - clock.monotonic();
    this.#disk = options.disk();
  }

  /** Begins to look; how long a start takes is no delay. */
  start(): void {
    this.#lookedMs = this.#options.clock.monotonic();
    this.#wait();
  }

  /** A commit to the file failed. */
  storeFailed(): void {
    this.#isFailing = true;
    this.#triedMs = this.#options.clock.monotonic();
    this.#tell(
      "store_failing",
      "critical",
      "samples cannot be written to the file: no leases are granted until they can",
    );
  }

  /** Why nobody may be given a lease now; `undefined` if everybody may. */
  get refusal(): string | undefined {
    const { clock, leaseMs } = this.#options;
    if (this.#isFailing) return "the file cannot be written: see to the disk";
    const disk = this.#options.disk(); // it may have been filled since the last look
    if (disk !== undefined && disk.freeBytes < FULL_DISK_BYTES) return "the disk is full";
    const silentMs = clock.monotonic() - this.#lookedMs;
    if (silentMs > leaseMs) return `Haltwatch stood still for ${Math.round(silentMs)} ms`;
    const overdue = this.#overdue();
    if (overdue !== undefined) return `rule group ${overdue.group.name} was not evaluated for too long`;
    return undefined;
  }

  get isStoreFailing(): boolean {
    return this.#isFailing;
  }

  get disk(): DiskSpace | undefined {
    return this.#disk;
  }

  get clockJumps(): { readonly count: number; readonly lastMs: number } {
    return { count: this.#jumps, lastMs: this.#lastJumpMs };
  }

  /** The longest delay of the event loop since this was asked last, milliseconds. */
  takeLagMs(): number {
    const lagMs = this.#worstLagMs;
    this.#worstLagMs = 0;
    return lagMs;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#look();
      this.#wait();
    });
  }

  #look(): void {
    const { clock, leaseMs, disk } = this.#options;
    const monotonicMs = clock.monotonic();
    const lagMs = Math.max(0, monotonicMs - this.#lookedMs - LOOK_MS);
    this.#lookedMs = monotonicMs;
    this.#worstLagMs = Math.max(this.#worstLagMs, lagMs);
    if (lagMs > LATE_MS) {
      const severity = lagMs > leaseMs ? "critical" : "warning";
      this.#tell("event_loop_late", severity, `Haltwatch did nothing for ${Math.round(lagMs)} ms`);
    }
    this.#lookAtClock(monotonicMs);
    this.#disk = disk();
    this.#lookAtDisk(this.#disk);
    this.#tryAgain(monotonicMs);
    const overdue = this.#overdue();
    if (overdue !== undefined) {
      const late = `rule group ${overdue.group.name} is late by ${Math.round(overdue.lateMs)} ms: no leases are granted`;
      this.#tell("rules_overdue", "critical", late);
    }
  }

  #lookAtClock(monotonicMs: number): void {
    const aheadMs = this.#options.clock.now() - monotonicMs;
    const jumpMs = aheadMs - this.#wallAheadMs;
    this.#wallAheadMs = aheadMs;
    if (Math.abs(jumpMs) <= CLOCK_JUMP_MS) return;
    this.#jumps += 1;
    this.#lastJumpMs = jumpMs;
    this.#told.delete("clock_jumped"); // each is news
    this.#tell(
      "clock_jumped",
      "warning",
      `the clock was set ${jumpMs > 0 ? "forward" : "back"} by ${seconds(jumpMs)} s`,
    );
  }

  #lookAtDisk(disk: DiskSpace | undefined): void {
    if (disk === undefined) return;
    const { freeBytes, sizeBytes } = disk;
    const free = `${Math.round(freeBytes / 2 ** 20)} MiB`;
    if (freeBytes < FULL_DISK_BYTES)
      this.#tell("disk_full", "critical", `the disk is full (${free} free): no leases are granted`);
    else if (freeBytes < Math.min(LOW_DISK_BYTES, LOW_DISK_RATIO * sizeBytes))
      this.#tell("disk_low", "warning", `the disk has ${free} left: full, it stops trading`);
  }

  #tryAgain(monotonicMs: number): void {
    if (monotonicMs - this.#triedMs < RETRY_MS) return;
    this.#triedMs = monotonicMs;
    try {
      this.#options.write();
      this.#isFailing = false;
    } catch {
      this.storeFailed();
    }
  }

  #overdue(): { readonly group: RuleGroup; readonly lateMs: number } | undefined {
    return this.#options.overdue().find(({ lateMs }) => lateMs > this.#options.leaseMs);
  }

  #tell(kind: SelfTrouble["kind"], severity: SelfTrouble["severity"], message: string): void {
    const nowMs = this.#options.clock.monotonic();
    const toldMs = this.#told.get(kind);
    if (toldMs !== undefined && nowMs - toldMs < TOLD_AGAIN_MS) return;
    this.#told.set(kind, nowMs);
    this.#options.onTrouble({ kind, severity, message });
  }
}

/** @param path of a folder or file; `undefined`: no disk is used */
export function diskOf(path: string | undefined): () => DiskSpace | undefined {
  return () => {
    if (path === undefined) return undefined;
    try {
      const { bavail, blocks, bsize } = statfsSync(path);
      return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
    } catch {
      return undefined; // a failing commit says what is wrong
    }
  };
}

function seconds(ms: number): string {
  return Math.abs(ms / 1000).toFixed(1);
}
