/** A request's body that is JSON, as its schema says. */
import type { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { ApiRequest } from "./router.ts";

/** @throws {ApiError} `bad_data` */
export function jsonBody({ body }: Pick<ApiRequest, "body">): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new ApiError("bad_data", "the body is no JSON");
  }
}

/** @throws {ApiError} `bad_data`, of the first thing that is wrong */
export function readBody<T extends z.ZodType>(request: Pick<ApiRequest, "body">, schema: T): z.output<T> {
  const parsed = schema.safeParse(jsonBody(request));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ApiError("bad_data", `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "is wrong"}`);
}
