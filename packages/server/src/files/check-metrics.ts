/** `haltwatch check metrics`: what is wrong with what a target exposes, and what is against Prometheus's conventions. */
import type { Readable } from "node:stream";
import { ExpositionError } from "../exposition/exposition-error.ts";
import { type ExposedFamily, exposedFamilies } from "./exposed-families.ts";
import { remarksOn } from "./metric-conventions.ts";

/** Largest body, bytes: a target that exposes more cannot be scraped either. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

export interface MetricRemark {
  readonly metric: string;
  /** As promtool has it. */
  readonly text: string;
}

export interface MetricsCheck {
  /** In the order of metrics, and of their text. */
  readonly remarks: readonly MetricRemark[];
  /** Why the text cannot be read: `2:5: …`; then there are no remarks. */
  readonly fault: string | undefined;
}

/** Reads a body in the Prometheus text format to its end, and checks it. */
export async function checkMetrics(body: Readable): Promise<MetricsCheck> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array); // one or the other
    length += bytes.length;
    if (length > MAX_BODY_BYTES) return { remarks: [], fault: `there are more than ${MAX_BODY_BYTES} bytes` };
    chunks.push(bytes);
  }
  return checkMetricsText(Buffer.concat(chunks));
}

/** As {@link checkMetrics}. */
function checkMetricsText(body: Uint8Array): MetricsCheck {
  let families: readonly ExposedFamily[];
  try {
    families = exposedFamilies(body);
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    return { remarks: [], fault: `${error.message}. ${error.hint}.` };
  }
  const remarks = families.flatMap((family) => remarksOn(family).map((text) => ({ metric: family.name, text })));
  remarks.sort((a, b) => compare(a.metric, b.metric) || compare(a.text, b.text));
  return { remarks, fault: undefined };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
