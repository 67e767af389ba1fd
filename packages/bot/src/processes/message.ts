/**
 * What a pool and its members tell one another. All of it stands under the one key `haltwatch`, so that a bot's own
 * messages on the same channel are told apart and left alone.
 *
 * A member says `hello` until it is `welcome`, answers each `ask` with a `snapshot`, sends snapshots unasked when it has
 * counted something, each after the one before was `taken`, and says `bye` when it stops sharing. It may have the whole
 * pool `render`ed, which comes back as `text`.
 */
import { MessagePort } from "node:worker_threads";
import type { ExpositionFormat } from "../exposition/format.ts";

/** Each sharing of a registry has a name of its own: one process may stop sharing and begin again. */
interface OfShare {
  readonly share: string;
}

export type MemberMessage =
  /** `port`: what all else goes over, where there are threads. */
  | (OfShare & { readonly kind: "hello"; readonly port?: MessagePort | undefined })
  /** `request`: which question it answers. `families`: to be checked by `decodeFamilies`. */
  | (OfShare & { readonly kind: "snapshot"; readonly request?: number | undefined; readonly families: unknown })
  | (OfShare & { readonly kind: "bye" })
  | (OfShare & { readonly kind: "render"; readonly request: number; readonly format: ExpositionFormat });

export type PoolMessage =
  | (OfShare & { readonly kind: "welcome" })
  | (OfShare & { readonly kind: "ask"; readonly request: number })
  | (OfShare & { readonly kind: "taken" })
  | (OfShare & { readonly kind: "text"; readonly request: number; readonly text: string; readonly last: boolean });

/** What was received, where it is ours but makes no sense. */
export interface Malformed {
  readonly kind: "malformed";
}

/** A message as it is sent. */
export function wrap<M extends MemberMessage | PoolMessage>(message: M): { readonly haltwatch: M } {
  return { haltwatch: message };
}

/** A member's message, or `undefined` for one that is not ours. */
export function readMemberMessage(received: unknown): MemberMessage | Malformed | undefined {
  const message = unwrap(received);
  if (message === undefined) return undefined;
  const { kind, share, port, request, families, format } = message;
  if (typeof share === "string") {
    if (kind === "hello" && (port === undefined || port instanceof MessagePort)) return { kind, share, port };
    if (kind === "snapshot" && (request === undefined || isRequest(request))) return { kind, share, request, families };
    if (kind === "bye") return { kind, share };
    if (kind === "render" && isRequest(request) && (format === "text" || format === "openmetrics")) {
      return { kind, share, request, format };
    }
  }
  return { kind: "malformed" };
}

/** The pool's message, or `undefined` for one that is not ours or makes no sense. */
export function readPoolMessage(received: unknown): PoolMessage | undefined {
  const message = unwrap(received);
  if (message === undefined) return undefined;
  const { kind, share, request, text, last } = message;
  if (typeof share !== "string") return undefined;
  if (kind === "welcome" || kind === "taken") return { kind, share };
  if (kind === "ask" && isRequest(request)) return { kind, share, request };
  if (kind === "text" && isRequest(request) && typeof text === "string" && typeof last === "boolean") {
    return { kind, share, request, text, last };
  }
  return undefined;
}

function unwrap(received: unknown): Readonly<Partial<Record<string, unknown>>> | undefined {
  if (!isRecord(received) || !Object.hasOwn(received, "haltwatch")) return undefined;
  const { haltwatch } = received;
  return isRecord(haltwatch) ? haltwatch : {};
}

function isRequest(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** An object whose fields may be anything. */
export function isRecord(value: unknown): value is Readonly<Partial<Record<string, unknown>>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
