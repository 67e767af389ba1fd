/** A guard that does what a test says, and keeps nothing. */
import type { GuardPort, PauseReport, PauseView } from "../guard-port.ts";

export class PlainGuard implements GuardPort {
  epoch: number;
  /** For whoever makes rules of it. */
  pausesOnFailure = false;
  /** Why leases are refused. */
  noLease: string | undefined;
  onAcknowledged: (bot: string, epoch: number, report: PauseReport) => void = () => undefined;
  #pauses: PauseView[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(epoch = 0) {
    this.epoch = epoch;
  }

  stateFor(bot: string): readonly PauseView[] {
    return this.#pauses.filter(({ scope }) => scope.bot === undefined || scope.bot === bot);
  }

  refusal(): string | undefined {
    return this.noLease;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  acknowledged(bot: string, epoch: number, report: PauseReport): void {
    this.onAcknowledged(bot, epoch, report);
  }

  pause(pause: Partial<PauseView> & Pick<PauseView, "scope" | "state">): void {
    this.epoch += 1;
    this.#pauses.push({ reason: "a test", by: "a test", timeMs: Date.now(), ...pause, epoch: this.epoch });
    this.#tell();
  }

  /** All of it. */
  arm(): void {
    this.epoch += 1;
    this.#pauses = [];
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
