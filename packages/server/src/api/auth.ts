/** Who may: bearer tokens, compared by digest so that the time it takes tells nothing of them. */
import { createHash, timingSafeEqual } from "node:crypto";
import { ConfigError } from "@haltwatch/bot";
import { ApiError } from "./api-error.ts";
import type { Access } from "./router.ts";

export interface ApiTokens {
  /** For what only shows. Without it, anyone who reaches the server may read. */
  readonly read?: string | undefined;
  /** For what changes something, and for reading. Without it, nobody may change anything. */
  readonly control?: string | undefined;
}

/** @throws {ConfigError} `EMPTY_TOKEN`, `SAME_TOKENS` */
export function checkTokens({ read, control }: ApiTokens): void {
  for (const [key, token] of Object.entries({ read, control })) {
    if (token !== "") continue;
    throw new ConfigError("EMPTY_TOKEN", `the ${key} token is empty, which would let anyone in`, {
      key,
      hint: "Give one, or leave it out",
    });
  }
  if (read !== undefined && read === control) {
    throw new ConfigError("SAME_TOKENS", "the read token is the control token: whoever may look may also act", {
      key: "control",
      hint: "Give two different ones",
    });
  }
}

/**
 * @param authorization the request's header
 * @throws {ApiError} `unauthorized`, or `forbidden` where no token would do
 */
export function authorize(access: Access, authorization: string | undefined, { read, control }: ApiTokens): void {
  if (access === "open" || (access === "read" && read === undefined)) return;
  if (access === "control" && control === undefined) {
    throw new ApiError("forbidden", "nothing can be changed here, for no control token is configured");
  }
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  const accepted = access === "control" ? [control] : [read, control];
  if (given !== undefined && accepted.some((token) => token !== undefined && isSame(given, token))) return;
  throw new ApiError(
    "unauthorized",
    access === "control"
      ? "this changes something: send the control token, Authorization: Bearer …"
      : "send the token: Authorization: Bearer …",
  );
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
