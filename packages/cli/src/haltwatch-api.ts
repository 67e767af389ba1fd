/** Asks a running Haltwatch over its own API. Tokens are in the environment, never on the command line, where others see them. */
import { CommandError } from "./command-error.ts";

export interface Asked {
  readonly url: string;
  readonly path: string;
  /** Sent as JSON; without one it is only asked. */
  readonly body?: object;
  readonly method?: "DELETE";
}

/** @returns what stands under `data`. @throws {CommandError} if nobody answers, or it is refused */
export async function askHaltwatch<T>(asked: Asked): Promise<T> {
  const { response, answer } = await answerTo(asked);
  if (typeof answer === "object" && answer !== null && "data" in answer && response.ok) return answer.data as T; // its API
  throw refusal(response, answer);
}

/** The same for Alertmanager's API, whose answers are what they are. */
export async function askAlertmanager<T>(asked: Asked): Promise<T> {
  const { response, answer } = await answerTo(asked);
  if (response.ok) return answer as T; // its API
  throw refusal(response, answer);
}

/** A page, as text. */
export async function haltwatchText({ url, path }: Pick<Asked, "url" | "path">): Promise<string> {
  const { response, text } = await textOf({ url, path });
  if (response.ok) return text;
  throw refusal(response, parsed(text));
}

async function answerTo(asked: Asked): Promise<{ response: Response; answer: unknown }> {
  const { response, text } = await textOf(asked);
  return { response, answer: parsed(text) };
}

async function textOf({ url, path, body, method }: Asked): Promise<{ response: Response; text: string }> {
  const changes = body !== undefined || method !== undefined;
  const token = process.env[changes ? "HALTWATCH_CONTROL_TOKEN" : "HALTWATCH_TOKEN"];
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const init = { method: method ?? (body === undefined ? "GET" : "POST"), headers };
  try {
    const response = await fetch(
      new URL(path, url),
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    );
    return { response, text: await response.text() };
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`nobody answers at ${url}: ${why}`, "Start haltwatch run, or give another --url");
  }
}

/** `undefined`: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal({ status }: Response, answer: unknown): CommandError {
  const isExplained = typeof answer === "object" && answer !== null && "error" in answer;
  const why = isExplained ? String(answer.error) : typeof answer === "string" ? answer : `status ${status}`;
  const isToken = status === 401 || status === 403;
  return new CommandError(why, isToken ? "Set HALTWATCH_CONTROL_TOKEN to its control token" : "Nothing was changed");
}
