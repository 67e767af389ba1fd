/** How loud a piece of news is. */

export type Level = "critical" | "warning" | "info";

/** What a message looks like: its level, that it is over, or that nobody can tell any more whether it is. */
export type Look = Level | "resolved" | "unknown";

/** The quietest first. */
const LEVELS: readonly Level[] = ["info", "warning", "critical"];

/** Severities as people write them. */
const LEVEL_OF: ReadonlyMap<string, Level> = new Map([
  ["critical", "critical"],
  ["page", "critical"],
  ["emergency", "critical"],
  ["error", "critical"],
  ["high", "critical"],
  ["warning", "warning"],
  ["warn", "warning"],
  ["info", "info"],
  ["information", "info"],
  ["notice", "info"],
  ["none", "info"],
  ["low", "info"],
]);

/** What a `severity` label means. One that says nothing known is a warning: neither overheard nor waking anybody. */
export function levelOf(severity: string): Level {
  return LEVEL_OF.get(severity.toLowerCase()) ?? "warning";
}

/** The loudest of them; `info` of none. */
export function loudest(levels: Iterable<Level>): Level {
  let index = 0;
  for (const level of levels) index = Math.max(index, LEVELS.indexOf(level));
  return LEVELS[index] ?? "info";
}

/** Told apart by shape and word, not by colour alone. */
export const LOOKS: Readonly<Record<Look, { readonly emoji: string; readonly word: string; readonly color: string }>> =
  {
    critical: { emoji: "🔴", word: "CRITICAL", color: "#d32f2f" },
    warning: { emoji: "🟠", word: "WARNING", color: "#f57c00" },
    info: { emoji: "🔵", word: "INFO", color: "#1976d2" },
    resolved: { emoji: "✅", word: "RESOLVED", color: "#2e7d32" },
    unknown: { emoji: "⚫", word: "NOT KNOWN ANY MORE", color: "#455a64" },
  };
