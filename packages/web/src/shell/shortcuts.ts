/** What keys do: `g` and a letter goes to a page, `?` tells of them. Never while somebody writes, nor with Ctrl, Alt or Meta. */
import type { PageName } from "./router.ts";

export interface PageKey {
  readonly key: string;
  readonly page: PageName;
  readonly title: string;
}

/** In the order of the navigation. */
export const PAGE_KEYS: readonly PageKey[] = [
  { key: "o", page: "overview", title: "Overview" },
  { key: "d", page: "dashboards", title: "Dashboards" },
  { key: "a", page: "alerts", title: "Alerts" },
  { key: "e", page: "explore", title: "Explore" },
  { key: "j", page: "journal", title: "Journal" },
  { key: "h", page: "heartbeat", title: "Heartbeat & balances" },
  { key: "r", page: "reports", title: "Reports" },
  { key: "c", page: "configuration", title: "Configuration" },
  { key: "t", page: "targets", title: "Targets" },
  { key: "w", page: "what-if", title: "What if" },
];

export type Shortcut =
  | { readonly kind: "go"; readonly page: PageName }
  | { readonly kind: "help" }
  | { readonly kind: "pause" }
  | { readonly kind: "arm" };

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** Whether it would be written somewhere. */
  readonly isTyping: boolean;
  readonly timeMs: number;
}

/** After `g`, the letter is waited for so long. */
const SECOND_KEY_MS = 1500;

export class Shortcuts {
  #gAtMs = Number.NEGATIVE_INFINITY;

  press({ key, ctrlKey, altKey, metaKey, isTyping, timeMs }: KeyPress): Shortcut | undefined {
    const isSecond = timeMs - this.#gAtMs <= SECOND_KEY_MS;
    this.#gAtMs = Number.NEGATIVE_INFINITY;
    if (isTyping || ctrlKey || altKey || metaKey) return undefined;
    if (isSecond) {
      const page = PAGE_KEYS.find((one) => one.key === key)?.page;
      if (page !== undefined) return { kind: "go", page };
    }
    if (key === "g") this.#gAtMs = timeMs;
    if (key === "?") return { kind: "help" };
    if (key === "P") return { kind: "pause" };
    return key === "A" ? { kind: "arm" } : undefined;
  }
}

/** @param path of the event, through shadow roots */
export function isTypingIn(path: readonly EventTarget[]): boolean {
  return path.some(
    (target) =>
      target instanceof HTMLElement &&
      (target.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(target.tagName) || isTextInput(target)),
  );
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !/^(?:checkbox|radio|button|submit|file|range)$/.test(target.type);
}
