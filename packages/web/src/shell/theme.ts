/** Light, dark, or as the system says: kept for this browser. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Kept } from "./kept.ts";

export const THEMES = ["system", "light", "dark"] as const;

export type ThemeName = (typeof THEMES)[number];

const KEY = "haltwatch.theme";

export class Theme {
  readonly #kept: Kept;
  readonly #root: HTMLElement;
  readonly #name = signal<ThemeName>("system");

  constructor(kept: Kept, root: HTMLElement) {
    this.#kept = kept;
    this.#root = root;
    this.set(THEMES.find((name) => name === kept.getItem(KEY)) ?? "system");
  }

  get name(): ReadonlySignal<ThemeName> {
    return this.#name;
  }

  set(name: ThemeName): void {
    this.#name.value = name;
    this.#kept.setItem(KEY, name);
    if (name === "system") delete this.#root.dataset["theme"];
    else this.#root.dataset["theme"] = name;
  }
}
