/**
 * Memory of the control groups that this process is in: in a container, or a slice with a limit, the kernel ends processes at that limit,
 * however much the machine has left. Source: Linux, Documentation/admin-guide/cgroup-v2.rst (`memory.max`, `memory.stat`).
 */
import type { Machine } from "./machine.ts";

const ROOT = "/sys/fs/cgroup";

/** What caches hold, and give back. */
const GIVEN_BACK = ["inactive_file", "active_file", "slab_reclaimable"] as const;

export interface MemoryLimit {
  readonly limitBytes: number;
  /** Without what caches hold. */
  readonly usedBytes: number;
}

/** The group whose limit is nearest; `undefined` where none has one, or control groups are of the first version. */
export async function nearestMemoryLimit(machine: Machine): Promise<MemoryLimit | undefined> {
  const path = /^0::(\/.*)$/m.exec((await machine.read("/proc/self/cgroup")) ?? "")?.[1];
  if (path === undefined) return undefined;
  const names = path.split("/").filter(Boolean);
  const folders = [ROOT, ...names.map((_, at) => `${ROOT}/${names.slice(0, at + 1).join("/")}`)];
  const limits = (await Promise.all(folders.map((folder) => limitOf(folder, machine)))).filter(
    (one) => one !== undefined,
  );
  return limits.sort((a, b) => b.usedBytes / b.limitBytes - a.usedBytes / a.limitBytes)[0];
}

async function limitOf(folder: string, machine: Machine): Promise<MemoryLimit | undefined> {
  const [max, current, stat = ""] = await Promise.all(
    ["max", "current", "stat"].map((name) => machine.read(`${folder}/memory.${name}`)),
  );
  const [limitBytes, bytes] = [Number(max ?? "max"), Number(current ?? "none")];
  if (!(limitBytes > 0) || Number.isNaN(bytes)) return undefined;
  const cached = GIVEN_BACK.map((name) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0));
  return { limitBytes, usedBytes: Math.max(0, bytes - cached.reduce((sum, one) => sum + one, 0)) };
}
