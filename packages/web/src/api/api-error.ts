/** Why a request to Haltwatch gave no answer, in words that a person can act on. */

/**
 * - `unreachable`: no connection, or it broke
 * - `slow`: no answer within the limit
 * - `unauthorized`: no token, or not the right one
 * - `forbidden`: no token would do
 * - `refused`: Haltwatch understood, and said no
 * - `failed`: Haltwatch itself has a fault, or answered something else than JSON
 */
export type ApiErrorKind = "unreachable" | "slow" | "unauthorized" | "forbidden" | "refused" | "failed";

export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  /** Of the HTTP answer; `undefined` if there was none. */
  readonly status: number | undefined;
  /** Haltwatch's own word for it: `bad_data`, `conflict`, `not_found`, … */
  readonly errorType: string | undefined;

  constructor(
    kind: ApiErrorKind,
    message: string,
    { status, errorType, cause }: { status?: number; errorType?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "ApiError";
    this.kind = kind;
    this.status = status;
    this.errorType = errorType;
  }
}

/** Any fault as one sentence. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A request that somebody called off is no fault to tell of. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
