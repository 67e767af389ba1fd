/** Short messages about what has just been done or has just happened. A screen reader is told, and they go by themselves. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Tone } from "../elements/health.tsx";

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  readonly action?: { readonly text: string; readonly act: () => void };
}

/** Long enough to be read twice. */
const SHOWN_MS = 8000;

/** Older ones make room. */
const MAX_TOASTS = 4;

export class Toasts {
  readonly #list = signal<readonly Toast[]>([]);
  #nextId = 1;

  get list(): ReadonlySignal<readonly Toast[]> {
    return this.#list;
  }

  /** One with something to do stays until it is done or closed. */
  show(toast: Omit<Toast, "id">): void {
    const id = this.#nextId++;
    const others = this.#list.value.filter(({ text }) => text !== toast.text);
    this.#list.value = [...others, { ...toast, id }].slice(-MAX_TOASTS);
    if (toast.action === undefined) setTimeout(() => this.close(id), SHOWN_MS);
  }

  close(id: number): void {
    this.#list.value = this.#list.value.filter((toast) => toast.id !== id);
  }
}
