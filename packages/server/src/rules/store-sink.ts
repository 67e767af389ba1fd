/** What rules find goes into the store. The words for what is refused are Prometheus's (storage/interface.go). */
import type { SampleSink } from "@haltwatch/rules";
import type { AppendOutcome, Labels, Store } from "@haltwatch/store";

const REFUSALS: Readonly<Record<AppendOutcome, string | undefined>> = {
  appended: undefined,
  duplicate: "duplicate sample for timestamp",
  "out-of-order": "out of order sample",
  "out-of-bounds": "out of bounds",
};

export class StoreSink implements SampleSink {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  append(labels: Labels, timeMs: number, value: number): string | undefined {
    return REFUSALS[this.#store.append(this.#store.series(labels), timeMs, value)];
  }

  appendStale(labels: Labels, timeMs: number): string | undefined {
    return REFUSALS[this.#store.appendStale(this.#store.series(labels), timeMs)];
  }
}
