/** Files of targets: found by pattern, read, watched. Source: Prometheus 3, discovery/file/file.go. */
import { watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { type TargetGroup, targetGroup } from "./scrape-config.ts";

/** The file system as discovery sees it, so that tests need none. */
export interface TargetFiles {
  /** Files of this pattern, which may have an asterisk in its last part; in order. */
  list(pattern: string): Promise<readonly string[]>;
  read(file: string): Promise<string>;
  /** Calls whenever something in the folder may have changed. @returns ends it */
  watch(folder: string, changed: () => void): () => void;
}

export const SYSTEM_FILES: TargetFiles = {
  async list(pattern) {
    const folder = dirname(pattern);
    const matches = patternOf(basename(pattern));
    const names = await readdir(folder).catch(() => []); // the folder may come later
    return names
      .filter((name) => matches.test(name))
      .sort()
      .map((name) => join(folder, name));
  },
  read: (file) => readFile(file, "utf8"),
  watch(folder, changed) {
    try {
      const watcher = watch(folder, { persistent: false }, () => changed());
      // A folder that goes away, or cannot be watched, is still read at each refresh_interval.
      watcher.on("error", () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => undefined;
    }
  },
};

const groups = z.array(targetGroup, { error: "the file is no list of target groups" });

/**
 * The groups of one file, YAML or JSON.
 *
 * @throws {Error} if it has none
 */
export function targetGroupsIn(file: string, text: string): readonly TargetGroup[] {
  const document = parseDocument(text, { schema: "failsafe", logLevel: "error" });
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  const content: unknown = document.toJS();
  if (content === null || content === undefined || content === "") return [];
  const parsed = groups.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = (issue?.path ?? [])
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("");
    throw new Error(`${at === "" ? "" : `${at}: `}${issue?.message ?? "it cannot be read"}`);
  }
  return parsed.data.map((group) => ({ ...group, labels: { ...group.labels, __meta_filepath: file } }));
}

/** As Go's filepath.Match, without its classes of characters. */
function patternOf(name: string): RegExp {
  const parts = name.split(/([*?])/).map((part) => {
    if (part === "*") return ".*";
    return part === "?" ? "." : part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}
