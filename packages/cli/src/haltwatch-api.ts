/** Asks a running Haltwatch over its own API. Tokens are in the environment, never on the command line, where others see them. */
import { CommandError } from "./command-error.ts";

export interface Asked {
  readonly url: string;
  readonly path: string;
  /** Sent as JSON; without one it is only asked. */
  readonly body?: object;
}

/** @returns what stands under `data`. @throws {CommandError} if nobody answers, or it is refused */
export async function askHaltwatch<T>({ url, path, body }: Asked): Promise<T> {
  const token = process.env[body === undefined ? "HALTWATCH_TOKEN" : "HALTWATCH_CONTROL_TOKEN"];
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(new URL(path, url), init);
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`nobody answers at ${url}: ${why}`, "Start haltwatch run, or give another --url");
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === "object" && answer !== null && "data" in answer && response.ok) return answer.data as T; // its API
  const why =
    typeof answer === "object" && answer !== null && "error" in answer
      ? String(answer.error)
      : `status ${response.status}`;
  const hint =
    response.status === 401 || response.status === 403
      ? "Set HALTWATCH_CONTROL_TOKEN to its control token"
      : "Nothing was changed";
  throw new CommandError(why, hint);
}
