/** Alerts that were put and not taken yet: a flood is taken in slices, in its order. */
import type { Alert } from "../alert.ts";

/** Alerts that were put together. */
class Batch {
  readonly alerts: readonly Alert[];
  readonly #settled = Promise.withResolvers<void>();
  /** How many were taken. */
  taken = 0;
  #fault: { readonly error: unknown } | undefined;

  constructor(alerts: readonly Alert[]) {
    this.alerts = alerts;
  }

  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** What was taken was not written, or one could not be taken; the others are, all the same. */
  fail(error: unknown): void {
    this.#fault ??= { error };
    this.settle();
  }

  /** What was taken is on the disk. */
  settle(): void {
    if (this.taken < this.alerts.length) return;
    if (this.#fault === undefined) this.#settled.resolve();
    else this.#settled.reject(this.#fault.error);
  }
}

export class AlertQueue {
  #batches: Batch[] = [];

  /** How many wait. */
  get batches(): number {
    return this.#batches.length;
  }

  /** @returns when all are on the disk */
  add(alerts: readonly Alert[]): Promise<void> {
    if (alerts.length === 0) return Promise.resolve();
    const batch = new Batch(alerts);
    this.#batches.push(batch);
    return batch.settled;
  }

  /**
   * Takes so many at most.
   *
   * @param take what it throws becomes of the batch, and the next are taken
   * @returns the batches that were taken from
   */
  take(most: number, isLate: () => boolean, take: (alert: Alert) => void): readonly Batch[] {
    const touched: Batch[] = [];
    for (let left = most; left > 0 && this.#batches.length > 0; ) {
      const [batch] = this.#batches;
      if (batch === undefined) break;
      touched.push(batch);
      const slice = batch.alerts.slice(batch.taken, batch.taken + left);
      for (const alert of slice) {
        batch.taken++;
        left--;
        try {
          take(alert);
        } catch (error) {
          batch.fail(error);
        }
        if (isLate()) left = 0;
        if (left === 0) break;
      }
      if (batch.taken === batch.alerts.length) this.#batches = this.#batches.slice(1);
    }
    return touched;
  }
}
