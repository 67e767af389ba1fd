/** What a request says beside its path: parameters, of its URL or posted as a form, or another body. */
import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import { Parameters } from "./parameters.ts";

/** Largest body, bytes: Go's limit for forms. */
const MAX_BODY_BYTES = 10 * 2 ** 20;

/** @throws {ApiError} `too_large`, `canceled` */
export async function readRequest(
  request: IncomingMessage,
  query: string,
): Promise<{ readonly parameters: Parameters; readonly body: Uint8Array }> {
  const hasBody = request.method === "POST" || request.method === "PUT" || request.method === "PATCH";
  const body = hasBody ? await readBody(request) : Buffer.alloc(0);
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return { parameters: new Parameters(query), body };
  return { parameters: new Parameters(query, body.toString("utf8")), body: Buffer.alloc(0) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new ApiError("too_large", `the request's body is larger than ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream: AsyncIterable<Buffer> = request;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError("canceled", "the client went away", error);
  }
  return Buffer.concat(chunks);
}
