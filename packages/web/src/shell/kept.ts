/** What the browser keeps for this page. Where the user has forbidden it, the page works all the same, and forgets. */

/** What is used of a `Storage`. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** @param open reading `window.localStorage` throws where storage is blocked */
export function keptOr(open: () => Storage): Kept {
  try {
    return open();
  } catch {
    return new Forgetting(); // the user's choice, and no fault
  }
}

class Forgetting implements Kept {
  readonly #values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }

  removeItem(key: string): void {
    this.#values.delete(key);
  }
}
