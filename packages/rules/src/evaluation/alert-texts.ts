/**
 * An alert's annotations, expanded when somebody reads them: of the many evaluations of a rule most change no alert, and a pause must
 * not wait for texts that nobody reads.
 */
export class AlertTexts {
  #expand: (() => ReadonlyMap<string, string>) | undefined;
  #expanded: ReadonlyMap<string, string> = new Map();

  /** @param expand gives the same whenever it is called */
  constructor(expand: () => ReadonlyMap<string, string>) {
    this.#expand = expand;
  }

  get all(): ReadonlyMap<string, string> {
    if (this.#expand === undefined) return this.#expanded;
    this.#expanded = this.#expand();
    this.#expand = undefined;
    return this.#expanded;
  }
}
