/** Which dialog is open: one at most. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { LabelSet } from "../api/answers.ts";
import type { Access } from "../api/http.ts";

export type OpenDialog =
  | { readonly kind: "pause"; readonly scope: string }
  | { readonly kind: "arm"; readonly scope: string }
  | { readonly kind: "silence"; readonly labels: LabelSet }
  | { readonly kind: "token"; readonly access: Access; readonly why: string }
  | { readonly kind: "help" };

export class Dialogs {
  readonly #open = signal<OpenDialog | undefined>(undefined);

  get open(): ReadonlySignal<OpenDialog | undefined> {
    return this.#open;
  }

  show(dialog: OpenDialog): void {
    this.#open.value = dialog;
  }

  close(): void {
    this.#open.value = undefined;
  }
}
