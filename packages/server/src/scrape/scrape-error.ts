/** Why a scrape failed, or a target cannot be one. */
import { HaltwatchError } from "@haltwatch/bot";

export type ScrapeErrorCode =
  /** The target did not answer, or not completely, within `scrape_timeout`. */
  | "TIMEOUT"
  /** No connection, or it broke. */
  | "UNREACHABLE"
  /** Another status than 200. */
  | "HTTP_STATUS"
  | "TOO_MANY_REDIRECTS"
  /** More than `body_size_limit`. */
  | "BODY_TOO_LARGE"
  /** The body is not compressed as the target says. */
  | "BAD_ENCODING"
  /** More samples than `sample_limit`. */
  | "TOO_MANY_SAMPLES"
  /** A series' labels are over a limit of the job, or none are left by relabelling. */
  | "BAD_LABELS"
  /** The job has more targets than `target_limit`. */
  | "TOO_MANY_TARGETS"
  /** What discovery and relabelling give is no target. */
  | "BAD_TARGET"
  /** The system's clock went back: nothing can be stored before what is stored already. */
  | "CLOCK_WENT_BACK"
  /** A secret, or a certificate, cannot be read. */
  | "SECRET_MISSING"
  /** Haltwatch no longer scrapes the target. */
  | "STOPPED";

export class ScrapeError extends HaltwatchError {
  override readonly name = "ScrapeError";
  declare readonly code: ScrapeErrorCode;

  constructor(code: ScrapeErrorCode, message: string, hint: string, cause?: unknown) {
    super(code, message, { hint, cause });
  }
}

/** What went wrong and what to do, on one line: from our errors, which carry a hint, or any other. */
export function oneLineOf(error: unknown): string {
  if (error instanceof HaltwatchError) return error.oneLine();
  if (!(error instanceof Error)) return String(error);
  const hint = "hint" in error && typeof error.hint === "string" ? `. ${error.hint}` : "";
  return `${error.message}${hint}`.replaceAll(/\s*[\r\n]+\s*/g, " ");
}
