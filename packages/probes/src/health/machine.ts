/** The machine's own figures, from Linux's `/proc` and the file systems. Elsewhere there are none. */
import { readFile, statfs } from "node:fs/promises";

/** What is read of a machine, so that tests can have another one. */
export interface Machine {
  /** A file's text; `undefined` if it is not there. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Of the file system that the path is on. @throws if there is no such path */
  readonly fileSystem: (path: string) => Promise<FileSystem>;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface FileSystem {
  readonly sizeBlocks: number;
  readonly freeBlocks: number;
  /** Free for whoever is not root. */
  readonly availableBlocks: number;
  readonly blockBytes: number;
  /** 0 where the file system has no fixed number of them. */
  readonly inodes: number;
  readonly freeInodes: number;
}

export const THIS_MACHINE: Machine = {
  read: (path) => readFile(path, "utf8").catch(() => undefined),
  fileSystem: async (path) => {
    const { blocks, bfree, bavail, bsize, files, ffree } = await statfs(path);
    return {
      ...{ sizeBlocks: blocks, freeBlocks: bfree, availableBlocks: bavail },
      ...{ blockBytes: bsize, inodes: files, freeInodes: ffree },
    };
  },
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/**
 * The same, but each file system is asked once at a time. A disk of a network that hangs does not answer for hours, and each question
 * takes one of the few threads in which Node does all that has to do with files and names.
 */
export function askedOnce(machine: Machine = THIS_MACHINE): Machine {
  const asked = new Map<string, Promise<FileSystem>>();
  return {
    ...machine,
    fileSystem: (path) => {
      const found = asked.get(path) ?? machine.fileSystem(path).finally(() => asked.delete(path));
      asked.set(path, found);
      return found;
    },
  };
}
