/**
 * Tells when one of some files has changed. The operating system says when to look (`fs.watch` on their folders: editors replace
 * files by renaming others), and for where it says nothing, network drives and the like, they are looked at now and then.
 */
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../scrape/clock.ts";

/** Time between two looks where nothing tells of changes, milliseconds. */
const POLL_MS = 400;

/** A file that is being written has changed once it has stayed the same for so long, milliseconds. */
const SETTLE_MS = 60;

export interface FileWatchOptions {
  /** Which ones, whether they are there or not; asked at each look. */
  readonly files: () => readonly string[];
  readonly onChange: () => void;
  readonly clock: Clock;
}

export class FileWatch implements Disposable {
  readonly #options: FileWatchOptions;
  readonly #folders = new Map<string, FSWatcher | undefined>();
  #seen: ReadonlyMap<string, string>;
  /** What a change has made of them that has not settled yet. */
  #unsettled: ReadonlyMap<string, string> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  /** @param options whose files are as they were just read */
  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#seen = this.#look();
    this.#wait(POLL_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
    for (const watcher of this.#folders.values()) watcher?.close();
    this.#folders.clear();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #wait(ms: number): void {
    this.#cancel?.();
    if (this.#isStopped) return; // what the system tells may be under way still
    this.#cancel = this.#options.clock.after(ms, () => this.#check());
  }

  #check(): void {
    const now = this.#look();
    if (this.#unsettled !== undefined && sameFiles(now, this.#unsettled)) {
      this.#seen = now;
      this.#unsettled = undefined;
      this.#wait(POLL_MS);
      this.#options.onChange();
    } else if (differs(this.#seen, now)) {
      this.#unsettled = now;
      this.#wait(SETTLE_MS);
    } else {
      this.#seen = now;
      this.#unsettled = undefined;
      this.#wait(POLL_MS);
    }
  }

  /** By path: what changes when the file does. */
  #look(): ReadonlyMap<string, string> {
    const files = this.#options.files();
    this.#watchFolders(new Set(files.map((file) => dirname(file))));
    return new Map(files.map((file) => [file, stateOf(file)]));
  }

  #watchFolders(wanted: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher?.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.get(folder) !== undefined) continue;
      this.#folders.set(folder, this.#watcherOf(folder));
    }
  }

  /** `undefined` for a folder that is not there or cannot be watched: it is looked at all the same. */
  #watcherOf(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        if (this.#unsettled === undefined) this.#wait(0);
      });
      watcher.on("error", () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      return watcher;
    } catch {
      return undefined;
    }
  }
}

function stateOf(file: string): string {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/** Files that are watched since the last look have not changed. */
function differs(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  return [...now].some(([file, state]) => before.has(file) && before.get(file) !== state);
}

function sameFiles(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && !differs(a, b);
}
