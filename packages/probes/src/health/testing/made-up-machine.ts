/** A machine whose figures a test makes up. */
import type { FileSystem, Machine } from "../machine.ts";

export interface MadeUpMachine {
  /** Files' texts by path; of several, each is read once, the last again and again. */
  readonly files?: Readonly<Record<string, string | readonly string[]>>;
  readonly fileSystem?: FileSystem;
}

export function machineWith({ files = {}, fileSystem }: MadeUpMachine): Machine {
  const reads = new Map<string, number>();
  return {
    read: async (path) => {
      const text = files[path];
      if (text === undefined || typeof text === "string") return text;
      const count = reads.get(path) ?? 0;
      reads.set(path, count + 1);
      return text[Math.min(count, text.length - 1)];
    },
    fileSystem: async (path) => {
      if (fileSystem === undefined) throw new Error(`ENOENT: no such file or directory, statfs '${path}'`);
      return fileSystem;
    },
    wait: async () => {},
  };
}
