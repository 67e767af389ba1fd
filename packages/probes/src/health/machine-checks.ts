/** Processors, memory, disks, inodes, file descriptors. Limits are percents of use. */
import { nearestMemoryLimit } from "./cgroup-memory.ts";
import { atMost, type Finding, type HealthCheck, notHere } from "./health-check.ts";
import { type Machine, THIS_MACHINE } from "./machine.ts";

export interface MachineCheckOptions {
  /** Percent, 0 to 100. */
  readonly limit: number;
  readonly machine?: Machine;
}

export interface PathCheckOptions extends MachineCheckOptions {
  /** On the file system in question. */
  readonly path: string;
}

/** How long the processors are looked at at least, milliseconds. */
const CPU_SPAN_MS = 1_000;

/** Who looks only once may have met a burst: what is over the limit is looked at for so long again, milliseconds. */
const AGAIN_SPAN_MS = 3_000;

/** A disk that does not answer, such as a network's, must not be waited for long, milliseconds. */
const TIMEOUT_MS = 5_000;

const NO_PROC = "there is no /proc";

/**
 * Use of all processors together since it was asked last, or since it was made: between two checks each moment counts. Waiting for a
 * disk is not use; what a host takes away is.
 */
export class CpuMeter {
  readonly #machine: Machine;
  #before: Promise<CpuTimes | undefined>;
  #beforeMs = performance.now();

  constructor(machine: Machine = THIS_MACHINE) {
    this.#machine = machine;
    this.#before = cpuTimes(machine);
  }

  /**
   * From 0 to 1; `undefined` where nobody can tell. Waits where it has been less than this.
   *
   * @param spanMs milliseconds
   */
  async use(signal: AbortSignal, spanMs = CPU_SPAN_MS): Promise<number | undefined> {
    const before = await this.#before;
    await this.#machine.wait(Math.max(0, spanMs - (performance.now() - this.#beforeMs)), signal);
    const after = await cpuTimes(this.#machine);
    this.#before = Promise.resolve(after);
    this.#beforeMs = performance.now();
    if (before === undefined || after === undefined) return undefined;
    const total = after.total - before.total;
    return total <= 0 ? 0 : (total - (after.idle - before.idle)) / total;
  }
}

export interface CpuCheckOptions {
  /** Percent, 0 to 100. */
  readonly limit: number;
  /** Of whoever looks again and again, and asked by nobody else. Without it, it is looked once, for some seconds at most. */
  readonly meter?: CpuMeter;
  readonly machine?: Machine;
}

export function cpuCheck({ limit, meter, machine = THIS_MACHINE }: CpuCheckOptions): HealthCheck {
  const looks = meter ?? new CpuMeter(machine);
  return {
    ...{ kind: "cpu", name: "", timeoutMs: TIMEOUT_MS },
    run: async (signal) => {
      const first = await looks.use(signal);
      const isBurst = meter === undefined && first !== undefined && percent(first) > limit;
      const use = isBurst ? await looks.use(signal, AGAIN_SPAN_MS) : first;
      if (use === undefined) return notHere(NO_PROC);
      return atMost(percent(use), limit, "percent", `${percent(use)} % busy`);
    },
  };
}

/** Memory that programs cannot have: what caches hold is given back, and does not count. Of machine and container the one that is fuller. */
export function memoryCheck({ limit, machine = THIS_MACHINE }: MachineCheckOptions): HealthCheck {
  return {
    ...{ kind: "memory", name: "", timeoutMs: TIMEOUT_MS },
    run: async () => {
      const text = await machine.read("/proc/meminfo");
      const [total, available] = ["MemTotal", "MemAvailable"].map((name) => kilobytes(text, name));
      if (total === undefined || available === undefined || total === 0) return notHere(NO_PROC);
      const value = percent(1 - available / total);
      const group = await nearestMemoryLimit(machine);
      const inGroup = group === undefined ? 0 : percent(group.usedBytes / group.limitBytes);
      if (group !== undefined && inGroup > value) {
        const left = gibibytes(Math.max(0, group.limitBytes - group.usedBytes));
        return atMost(inGroup, limit, "percent", `${inGroup} % used of what its control group may, ${left} left`);
      }
      return atMost(value, limit, "percent", `${value} % used, ${gibibytes(available * 1024)} left`);
    },
  };
}

/** Used part of a file system, as `df` counts it: what only root may use is neither used nor free. */
export function diskCheck({ path, limit, machine = THIS_MACHINE }: PathCheckOptions): HealthCheck {
  return {
    ...{ kind: "disk", name: path, timeoutMs: TIMEOUT_MS },
    run: async () => {
      const { sizeBlocks, freeBlocks, availableBlocks, blockBytes } = await machine.fileSystem(path);
      const used = sizeBlocks - freeBlocks;
      if (used + availableBlocks <= 0) return notHere(`${path} has no size`);
      const value = percent(used / (used + availableBlocks));
      return atMost(value, limit, "percent", `${value} % used, ${gibibytes(availableBlocks * blockBytes)} left`);
    },
  };
}

/** Many small files can fill a file system that has room. */
export function inodesCheck({ path, limit, machine = THIS_MACHINE }: PathCheckOptions): HealthCheck {
  return {
    ...{ kind: "inodes", name: path, timeoutMs: TIMEOUT_MS },
    run: async () => {
      const { inodes, freeInodes } = await machine.fileSystem(path);
      if (inodes === 0) return notHere(`the file system of ${path} has no fixed number of inodes`);
      const value = percent(1 - freeInodes / inodes);
      return atMost(value, limit, "percent", `${value} % used, ${freeInodes} left`);
    },
  };
}

/** Open files of all processes, against the kernel's limit. */
export function fileDescriptorsCheck({ limit, machine = THIS_MACHINE }: MachineCheckOptions): HealthCheck {
  return {
    ...{ kind: "file-descriptors", name: "", timeoutMs: TIMEOUT_MS },
    run: async (): Promise<Finding> => {
      // Source: Documentation/admin-guide/sysctl/fs.rst, file-nr: allocated, unused, most.
      const [allocated, unused, most] = numbers(await machine.read("/proc/sys/fs/file-nr"));
      if (allocated === undefined || most === undefined || most === 0) return notHere(NO_PROC);
      const used = allocated - (unused ?? 0);
      const value = percent(used / most);
      return atMost(value, limit, "percent", `${used} open, ${value} % of the kernel's limit`);
    },
  };
}

interface CpuTimes {
  readonly total: number;
  readonly idle: number;
}

/** Source: proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice; the guests' are in user and nice already. */
async function cpuTimes(machine: Machine): Promise<CpuTimes | undefined> {
  const line = /^cpu +(.+)$/m.exec((await machine.read("/proc/stat")) ?? "")?.[1];
  if (line === undefined) return undefined;
  const times = numbers(line).slice(0, 8);
  const [, , , idle = 0, iowait = 0] = times;
  return { total: times.reduce((sum, one) => sum + one, 0), idle: idle + iowait };
}

function kilobytes(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

function numbers(text: string | undefined): number[] {
  return (text ?? "").trim().split(/\s+/).filter(Boolean).map(Number);
}

/** Of a share from 0 to 1, in tenths. */
function percent(share: number): number {
  return Math.round(Math.max(0, Math.min(1, share)) * 1000) / 10;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
