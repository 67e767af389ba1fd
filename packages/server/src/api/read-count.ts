/** Counts what a query reads of the store, for its statistics. */
import type { LabelMatcher, SeriesReader, StoredSeries } from "@haltwatch/store";
import type { QueryStats } from "./answer.ts";

/** Moments of `performance.now()`, milliseconds. */
interface QueryMoments {
  readonly arrived: number;
  /** When it was its turn. */
  readonly begun: number;
  readonly ended: number;
}

export class ReadCount implements SeriesReader {
  readonly #reader: SeriesReader;
  #total = 0;
  #peak = 0;

  constructor(reader: SeriesReader) {
    this.#reader = reader;
  }

  select(matchers: readonly LabelMatcher[], minMs: number, maxMs: number): readonly StoredSeries[] {
    const found = this.#reader.select(matchers, minMs, maxMs);
    const samples = found.reduce((sum, { times }) => sum + times.length, 0);
    this.#total += samples;
    this.#peak = Math.max(this.#peak, samples);
    return found;
  }

  stats({ arrived, begun, ended }: QueryMoments): QueryStats {
    const evaluated = (ended - begun) / 1000;
    return {
      timings: {
        evalTotalTime: evaluated,
        resultSortTime: 0,
        queryPreparationTime: 0,
        innerEvalTime: evaluated,
        execQueueTime: (begun - arrived) / 1000,
        execTotalTime: (ended - arrived) / 1000,
      },
      samples: { totalQueryableSamples: this.#total, peakSamples: this.#peak },
    };
  }
}
