/** Finds a job's targets: those its configuration lists, and those that files list, read again whenever they change. */
import { dirname } from "node:path";
import type { Clock } from "./clock.ts";
import type { FileDiscoveryConfig, TargetGroup } from "./scrape-config.ts";
import { oneLineOf } from "./scrape-error.ts";
import { DEFAULT_REFRESH_INTERVAL_MS, type ScrapeJob } from "./scrape-job.ts";
import { type TargetFiles, targetGroupsIn } from "./target-files.ts";

export interface TargetDiscoveryOptions {
  readonly job: ScrapeJob;
  readonly files: TargetFiles;
  readonly clock: Clock;
  /** Called with all groups, at the start and whenever they change. */
  readonly found: (groups: readonly TargetGroup[]) => void;
  /** A file cannot be read: what it had before stays. */
  readonly warn: (warning: string) => void;
}

export class TargetDiscovery {
  readonly #options: TargetDiscoveryOptions;
  readonly #watched: readonly WatchedFiles[];
  #isStopped = false;

  constructor(options: TargetDiscoveryOptions) {
    this.#options = options;
    const { job, files, clock, warn } = options;
    const changed = (): void => this.#tell();
    this.#watched = (job.file_sd_configs ?? []).map(
      (config) => new WatchedFiles(config, { files, clock, warn, changed }),
    );
  }

  /** Finds what there is, and goes on finding until {@link stop}. */
  async start(): Promise<void> {
    await Promise.all(this.#watched.map((files) => files.start()));
    this.#tell();
  }

  stop(): void {
    this.#isStopped = true;
    for (const files of this.#watched) files.stop();
  }

  #tell(): void {
    const { job, found } = this.#options;
    if (this.#isStopped) return;
    found([...(job.static_configs ?? []), ...this.#watched.flatMap((files) => files.groups)]);
  }
}

interface Surroundings {
  readonly files: TargetFiles;
  readonly clock: Clock;
  readonly warn: (warning: string) => void;
  readonly changed: () => void;
}

/** The files of one `file_sd_configs` entry. */
class WatchedFiles {
  readonly #config: FileDiscoveryConfig;
  readonly #around: Surroundings;
  #byFile = new Map<string, readonly TargetGroup[]>();
  #text = new Map<string, string>();
  #isReading = false;
  #isStale = false;
  #isStopped = false;
  #ends: (() => void)[] = [];
  #cancelTimer: () => void = () => undefined;

  constructor(config: FileDiscoveryConfig, around: Surroundings) {
    this.#config = config;
    this.#around = around;
  }

  get groups(): readonly TargetGroup[] {
    return [...this.#byFile.values()].flat();
  }

  async start(): Promise<void> {
    const folders = new Set(this.#config.files.map((pattern) => dirname(pattern)));
    const refresh = (): void => {
      void this.#refresh();
    };
    this.#ends = [...folders].map((folder) => this.#around.files.watch(folder, refresh));
    await this.#read();
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    for (const end of this.#ends) end();
  }

  #wait(): void {
    if (this.#isStopped) return;
    const intervalMs = this.#config.refresh_interval || DEFAULT_REFRESH_INTERVAL_MS;
    this.#cancelTimer = this.#around.clock.after(intervalMs, () => {
      void this.#refresh();
      this.#wait();
    });
  }

  /** One at a time; what changes meanwhile is read right after. */
  async #refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale && !this.#isStopped) {
        this.#isStale = false;
        if ((await this.#read()) && !this.#isStopped) this.#around.changed();
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** @returns whether anything changed */
  async #read(): Promise<boolean> {
    const { files, warn } = this.#around;
    const found = new Map<string, readonly TargetGroup[]>();
    const texts = new Map<string, string>();
    let hasChanged = false;
    for (const file of (await Promise.all(this.#config.files.map((pattern) => files.list(pattern)))).flat()) {
      const before = this.#byFile.get(file);
      try {
        const text = await files.read(file);
        texts.set(file, text);
        const isSame = before !== undefined && this.#text.get(file) === text;
        found.set(file, isSame ? before : targetGroupsIn(file, text));
        hasChanged ||= !isSame;
      } catch (error) {
        const kept = before === undefined ? "it gives no targets" : "the targets that it gave before stay";
        if (texts.get(file) === undefined || texts.get(file) !== this.#text.get(file)) {
          warn(`${file}: ${oneLineOf(error)}: ${kept}`);
        }
        if (before !== undefined) found.set(file, before);
      }
    }
    hasChanged ||= [...this.#byFile.keys()].some((file) => !found.has(file));
    this.#byFile = found;
    this.#text = texts;
    return hasChanged;
  }
}
