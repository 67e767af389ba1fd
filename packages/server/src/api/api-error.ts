/**
 * What an endpoint refuses or fails with, as Prometheus names it. Source: Prometheus, web/api/v1/api.go (`errorType`,
 * `respondError`).
 */

/** HTTP has no number for a client that went away; this is nginx's, and Prometheus's. */
const CLIENT_CLOSED_REQUEST = 499;

const STATUS = {
  /** The request is wrong. */
  bad_data: 400,
  /** A well-formed query cannot be answered. */
  execution: 422,
  /** The client went away. */
  canceled: CLIENT_CLOSED_REQUEST,
  /** It took too long. */
  timeout: 503,
  /** The storage or the program failed. */
  internal: 500,
  not_found: 404,
  /** Not yet, or not any more. */
  unavailable: 503,
  /** The token is missing or wrong: Haltwatch's own, as the next two. */
  unauthorized: 401,
  forbidden: 403,
  too_large: 413,
} as const;

export type ApiErrorType = keyof typeof STATUS;

/** Becomes `{"status":"error","errorType":…,"error":…}` with {@link ApiError.status}. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly type: ApiErrorType;

  constructor(type: ApiErrorType, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.type = type;
  }

  /** Of the HTTP answer. */
  get status(): number {
    return STATUS[this.type];
  }
}

/** A parameter is wrong: `invalid parameter "step": cannot parse "x" to a valid duration`. */
export function invalidParameter(name: string, reason: string): ApiError {
  return new ApiError("bad_data", `invalid parameter "${name}": ${reason}`);
}
