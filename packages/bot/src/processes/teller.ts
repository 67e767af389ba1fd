/** Tells a registry of a mistake that was met during a scrape: never thrown, as the scraper is not the one who made it. */
import type { HaltwatchError } from "../errors.ts";
import type { Registry } from "../registry/registry.ts";

/** Different warnings remembered, so that each is given once. */
const MAX_WARNINGS = 100;

/** Tells of one mistake. */
export type Tell = (error: HaltwatchError) => void;

/** @returns what tells `registry`, or, where it throws mistakes, gives each as a process warning once */
export function tellerOf(registry: Pick<Registry, "mistake">): Tell {
  const warned = new Set<string>();
  return (error) => {
    try {
      registry.mistake(error);
    } catch {
      const text = error.oneLine();
      if (warned.has(text) || warned.size >= MAX_WARNINGS) return;
      warned.add(text);
      process.emitWarning(text, "HaltwatchWarning");
    }
  };
}
