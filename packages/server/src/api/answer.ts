/** What an endpoint answers, before it is written. */
import type { QueryValue } from "@haltwatch/promql";

/** What goes beside the result: something is odd, and the result stands. */
interface Annotated {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export type Answer =
  /** `{"status":"success","data":…}`. A list is written item by item, however long it is. */
  | ({ readonly kind: "data"; readonly data: unknown } & Annotated)
  /** A query's result, with what it took if that was asked for. */
  | ({ readonly kind: "result"; readonly value: QueryValue; readonly stats: QueryStats | undefined } & Annotated)
  /** Anything that is no JSON of Prometheus's form: health, a page, an asset. */
  | {
      readonly kind: "text";
      readonly status: number;
      readonly text: string;
      /** `text/plain; charset=utf-8` if it is not said. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A picture, a file. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly headers: Readonly<Record<string, string>> }
  /** The client has it already, as its `If-None-Match` says: status 304. */
  | { readonly kind: "unchanged"; readonly headers: Readonly<Record<string, string>> }
  /** What happens, as it happens: `text/event-stream`. @see EventLine */
  | { readonly kind: "events"; readonly open: (line: EventLine) => () => void }
  /** Done, and nothing to say: status 204. */
  | { readonly kind: "nothing" };

/** The way to one client that listens. What opens it gives back what is to be called when the client has gone. */
export interface EventLine {
  /** Never waits: what the client has not taken yet is kept for it. */
  send(text: string): void;
  /** Bytes that are kept for it. */
  readonly waitingBytes: number;
  /** Ends it well. */
  end(): void;
  /** Ends it now, whatever it has not taken. */
  cut(): void;
}

/**
 * What a query took. Times are seconds. Source: Prometheus, util/stats (`BuiltinStats`). Counts per step are not kept here.
 */
export interface QueryStats {
  readonly timings: {
    readonly evalTotalTime: number;
    readonly resultSortTime: number;
    readonly queryPreparationTime: number;
    readonly innerEvalTime: number;
    readonly execQueueTime: number;
    readonly execTotalTime: number;
  };
  readonly samples: {
    /** Those that were read, each once for each selector, and not once for each step as upstream. */
    readonly totalQueryableSamples: number;
    readonly peakSamples: number;
  };
}
