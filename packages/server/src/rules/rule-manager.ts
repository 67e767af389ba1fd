/**
 * Keeps rule files in force: loads them whole or not at all, evaluates their groups, and when they are loaded again goes on
 * with what has not changed. Source: Prometheus, rules/manager.go.
 */
import { globSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parseRuleFile, type RestoreOptions, type RuleFile, RuleFileError, RuleGroup } from "@haltwatch/rules";
import type { Store } from "@haltwatch/store";
import type { Clock } from "../scrape/clock.ts";
import { GroupLoop, type GroupRun } from "./group-loop.ts";
import { checkPausePolicies } from "./pause-policies.ts";
import { StoreSink } from "./store-sink.ts";
import { thresholdRules } from "./threshold-rules.ts";

export interface RuleManagerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** How alerts go on after a restart. */
  readonly restore?: RestoreOptions;
  /** Told of each evaluation. */
  readonly onRun?: (run: GroupRun) => void;
}

/** What is to be in force. */
export interface RuleSettings {
  /** Patterns of rule files, those that are not absolute from `folder` on. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly evaluationIntervalMs: number;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

/**
 * Rule files that cannot be loaded. The rules that were in force stay.
 */
export class RuleLoadError extends Error {
  override readonly name = "RuleLoadError";
  readonly code = "BAD_RULE_FILES";
  /** One for each file. */
  readonly errors: readonly Error[];
  readonly hint = "Correct it: until then the rules that were in force stay";

  constructor(errors: readonly Error[]) {
    super(errors.map(({ message }) => message).join("\n"));
    this.errors = errors;
  }

  /** The first, and how many there are. */
  oneLine(): string {
    const [first] = this.errors;
    const line = first instanceof RuleFileError ? first.oneLine() : `${first?.message ?? ""}. ${this.hint}.`;
    return this.errors.length > 1 ? `${line} (${this.errors.length} files are wrong)` : line;
  }
}

export class RuleManager implements Disposable {
  readonly #options: RuleManagerOptions;
  #loops = new Map<string, GroupLoop>();
  #isFirstLoad = true;

  constructor(options: RuleManagerOptions) {
    this.#options = options;
  }

  /** In the order of their files. */
  groups(): readonly RuleGroup[] {
    return [...this.#loops.values()].map(({ group }) => group);
  }

  /** Groups whose evaluation should have been a while ago, and was not, with how late they are, milliseconds. */
  overdue(): readonly { readonly group: RuleGroup; readonly lateMs: number }[] {
    return [...this.#loops.values()].flatMap((loop) =>
      loop.lateMs > 0 ? [{ group: loop.group, lateMs: loop.lateMs }] : [],
    );
  }

  /**
   * Brings rule files in force: all of them, or, if one is wrong, none.
   *
   * @returns patterns that no file matches
   * @throws {RuleLoadError}
   */
  load(settings: RuleSettings): readonly string[] {
    const { files, unmatched } = readRuleFiles(settings);
    const { store, clock, restore, onRun = () => undefined } = this.#options;
    const before = this.#loops;
    const loops = new Map<string, GroupLoop>();
    const sink = new StoreSink(store);
    const builtIn = thresholdRules(files);
    const made = [...files, ...(builtIn === undefined ? [] : [builtIn])].flatMap((file) =>
      file.groups.map((config) => {
        const group = new RuleGroup(file.file, config, {
          reader: store,
          sink,
          defaultIntervalMs: settings.evaluationIntervalMs,
          externalLabels: settings.externalLabels,
          externalUrl: settings.externalUrl,
          restore,
          stopwatch: () => clock.monotonic(),
        });
        return { key: JSON.stringify([file.file, config.name]), group };
      }),
    );
    // From here on nothing can fail.
    for (const { key, group } of made) {
      const old = before.get(key);
      old?.stop();
      if (old !== undefined) group.takeOver(old.group);
      const mustRestore = old === undefined ? this.#isFirstLoad : old.mustRestore;
      if (!mustRestore && old === undefined) group.startAfresh();
      loops.set(key, new GroupLoop(group, clock, mustRestore, onRun));
    }
    for (const [key, old] of before) {
      if (loops.has(key)) continue;
      old.stop();
      old.group.end(clock.now());
    }
    this.#loops = loops;
    this.#isFirstLoad = false;
    return unmatched;
  }

  /** Evaluates no more. Series of rules stay as they are: after a restart they go on. */
  stop(): void {
    for (const loop of this.#loops.values()) loop.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

/** @throws {RuleLoadError} with what is wrong with each of the files */
export function readRuleFiles({ files: patterns, folder }: Pick<RuleSettings, "files" | "folder">): {
  readonly files: readonly RuleFile[];
  readonly unmatched: readonly string[];
} {
  const paths = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const found = globSync(isAbsolute(pattern) ? pattern : join(folder, pattern)).sort();
    if (found.length === 0) unmatched.push(pattern);
    for (const path of found) paths.add(path);
  }
  const errors: Error[] = [];
  const files: RuleFile[] = [];
  for (const path of paths) {
    try {
      const file = parseRuleFile(readFileSync(path, "utf8"), path);
      checkPausePolicies(file);
      files.push(file);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new RuleLoadError(errors);
  return { files, unmatched };
}
