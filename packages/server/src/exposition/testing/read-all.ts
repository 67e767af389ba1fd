/** Whole bodies read at once, for tests. */
import type { Exemplar, ExpositionFormat, FamilyMetadata } from "../exposition-parser.ts";
import { OpenMetricsParser } from "../openmetrics.ts";
import { PrometheusTextParser } from "../prometheus-text.ts";

interface ReadSample {
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** `undefined` where there is none. */
  readonly timestampMs?: number;
  readonly exemplar?: Omit<Exemplar, "labels"> & { readonly labels: Readonly<Record<string, string>> };
}

export interface ReadBody {
  readonly samples: ReadSample[];
  readonly metadata: FamilyMetadata[];
  readonly comments: number;
}

/** All that a body holds, in its order. */
export function readAll(body: string | Uint8Array, format: ExpositionFormat): ReadBody {
  const parser = format === "text" ? new PrometheusTextParser() : new OpenMetricsParser();
  parser.start(typeof body === "string" ? Buffer.from(body) : body);
  const read: ReadBody & { comments: number } = { samples: [], metadata: [], comments: 0 };
  for (;;) {
    const kind = parser.next();
    if (kind === "end") return read;
    if (kind === "comment") {
      read.comments++;
    } else if (kind === "sample") {
      const exemplar = parser.exemplar();
      read.samples.push({
        text: Buffer.from(parser.bytes.subarray(parser.entryStart, parser.seriesEnd)).toString(),
        labels: parser.labels().toObject(),
        value: parser.value,
        ...(Number.isNaN(parser.timestampMs) ? {} : { timestampMs: parser.timestampMs }),
        ...(exemplar === undefined ? {} : { exemplar: { ...exemplar, labels: exemplar.labels.toObject() } }),
      });
    } else {
      read.metadata.push(parser.metadata());
    }
  }
}

/** `line:column: reason` of why a body is refused; `undefined` if it is not. */
export function faultIn(body: string | Uint8Array, format: ExpositionFormat): string | undefined {
  try {
    readAll(body, format);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
