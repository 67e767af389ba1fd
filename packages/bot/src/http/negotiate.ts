/** Which format and coding a scraper wants. RFC 9110, section 12.5; Prometheus's own scrape headers. */
import type { ExpositionFormat } from "../exposition/format.ts";

const OPENMETRICS_VERSION = "1.0.0";
const TEXT_VERSION = "0.0.4";

/** How closely a media range names the text format: of several that match it, the closest one's quality counts. */
const TEXT_RANGES = ["*/*", "text/*", "text/plain"];

/** One element of an `Accept` or `Accept-Encoding` header. */
interface Choice {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 (never) to 1. */
  readonly quality: number;
}

/**
 * OpenMetrics where the `Accept` header names it in our version and likes the text format less; text otherwise, also where
 * neither is accepted. Of two that are liked alike, the first counts, as in Prometheus's own client libraries.
 */
export function preferredFormat(accept: string | undefined): ExpositionFormat {
  const wanted = choices(accept);
  const openMetrics = wanted.find(isOpenMetrics);
  if (openMetrics === undefined || openMetrics.quality === 0) return "text";
  const text = closestText(wanted);
  if (text === undefined || openMetrics.quality > text.quality) return "openmetrics";
  if (openMetrics.quality < text.quality) return "text";
  const textIsNamed = text.value === "text/plain";
  return textIsNamed && wanted.indexOf(text) < wanted.indexOf(openMetrics) ? "text" : "openmetrics";
}

/** Whether the `Accept-Encoding` header takes gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = choices(acceptEncoding);
  const gzip = codings.find(({ value }) => value === "gzip") ?? codings.find(({ value }) => value === "*");
  return gzip !== undefined && gzip.quality > 0;
}

function isOpenMetrics({ value, parameters }: Choice): boolean {
  return (
    value === "application/openmetrics-text" &&
    (parameters.get("version") ?? OPENMETRICS_VERSION) === OPENMETRICS_VERSION
  );
}

function closestText(wanted: readonly Choice[]): Choice | undefined {
  return wanted
    .filter(({ value, parameters }) => {
      if (value === "text/plain") return (parameters.get("version") ?? TEXT_VERSION) === TEXT_VERSION;
      return TEXT_RANGES.includes(value);
    })
    .sort((a, b) => TEXT_RANGES.indexOf(b.value) - TEXT_RANGES.indexOf(a.value))[0];
}

function choices(header: string | undefined): Choice[] {
  return (header ?? "").split(",").flatMap((part) => {
    const [value = "", ...rest] = part.split(";").map((piece) => piece.trim().toLowerCase());
    if (value === "") return [];
    const parameters = new Map(
      rest.map((piece) => {
        const [name = "", text = ""] = piece.split("=", 2);
        return [name.trim(), text.trim().replace(/^"(.*)"$/, "$1")] as const;
      }),
    );
    const quality = Number(parameters.get("q") ?? 1);
    return [{ value, parameters, quality: Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0 }];
  });
}
