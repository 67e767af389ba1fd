/** Which parser for what a target says it sends. Source: Prometheus 3, model/textparse/interface.go, extractMediaType. */
import { ExpositionError } from "./exposition-error.ts";
import type { ExpositionFormat } from "./exposition-parser.ts";

/** What a scrape asks for: as Prometheus 3 does, but for its binary format. */
export const SCRAPE_ACCEPT = [
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5",
  "application/openmetrics-text;version=0.0.1;q=0.4",
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3",
  "text/plain;version=0.0.4;q=0.2",
  "*/*;q=0.1",
].join(",");

/** How to parse a body. */
export interface ChosenFormat {
  readonly format: ExpositionFormat;
  /** Why the fallback was needed; `undefined` if it was not. */
  readonly warning: string | undefined;
}

/**
 * The format of a body with this `Content-Type`. Its version is not looked at, as in Prometheus.
 *
 * @param contentType the header's value; `undefined` or empty if there is none
 * @param fallback what the target is known to send where it does not say so: Prometheus's `fallback_scrape_protocol`
 * @throws ExpositionError `UNKNOWN_CONTENT_TYPE` if there is no fallback, either: Prometheus 3 no longer guesses
 */
export function formatOf(contentType: string | undefined, fallback?: ExpositionFormat): ChosenFormat {
  const mediaType = mediaTypeOf(contentType ?? "");
  if (mediaType === "application/openmetrics-text") return { format: "openmetrics", warning: undefined };
  if (mediaType === "text/plain") return { format: "text", warning: undefined };
  const fault =
    (contentType ?? "") === ""
      ? "the target sends no Content-Type"
      : mediaType === undefined
        ? `the target's Content-Type ${JSON.stringify(contentType)} is malformed`
        : `the target's Content-Type ${JSON.stringify(contentType)} is none of a known format`;
  if (fallback === undefined) {
    const hint = "Let it send text/plain; version=0.0.4, or set the target's fallback_scrape_protocol";
    throw new ExpositionError("UNKNOWN_CONTENT_TYPE", fault, hint);
  }
  return { format: fallback, warning: `${fault}: read as ${fallback}` };
}

/** In lower case, without parameters; `undefined` if the header is malformed, as Go's mime.ParseMediaType finds. */
function mediaTypeOf(contentType: string): string | undefined {
  const [base = ""] = contentType.split(";", 1);
  const mediaType = base.trim().toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) return undefined;
  return PARAMETERS.test(contentType.slice(base.length).trimEnd()) && !hasConflict(contentType) ? mediaType : undefined;
}

/** One parameter with two values. */
function hasConflict(contentType: string): boolean {
  const values = new Map<string, string>();
  for (const [, name = "", value = ""] of contentType.matchAll(new RegExp(PARAMETER, "g"))) {
    const before = values.get(name.toLowerCase());
    if (before !== undefined && before !== value) return true;
    values.set(name.toLowerCase(), value);
  }
  return false;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `\\s*;\\s*(${TOKEN})\\s*=\\s*(${TOKEN}|"(?:\\\\.|[^"\\\\\\r\\n])*")`;
const MEDIA_TYPE = new RegExp(`^${TOKEN}(?:/${TOKEN})?$`);
/** A semicolon may be left over at the end. */
const PARAMETERS = new RegExp(`^(?:${PARAMETER})*(?:\\s*;)?$`);
