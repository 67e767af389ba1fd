/** What people and programs ask of the guard over HTTP: how things stand, pause, arm, the journal. */
import {
  type Guard,
  GuardError,
  JOURNAL_KINDS,
  type JournalKind,
  type Pause,
  parseScope,
  printScope,
  type Scope,
} from "@haltwatch/guard";
import { z } from "zod";
import { ApiError, type Route, readBody } from "../api/index.ts";

export interface PauseRouteOptions {
  readonly guard: Guard;
  /** Whether a pause's rule still fires. */
  readonly isFiring: (pause: Pause) => boolean;
  readonly now: () => number;
}

const pauseBody = z.strictObject({
  scope: z.string(),
  state: z.enum(["REDUCING", "HALTED"]).default("HALTED"),
  reason: z.string().min(1, "say why"),
  by: z.string().min(1, "say who"),
});

const armBody = z.strictObject({
  scope: z.string(),
  reason: z.string().min(1, "say why it is safe to trade again"),
  by: z.string().min(1, "say who"),
  force: z.boolean().default(false),
});

export function pauseRoutes({ guard, isFiring, now }: PauseRouteOptions): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/pauses",
      access: "read",
      handle: () => ({ kind: "data", data: guard.pauses().map(shownPause) }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/pause",
      access: "control",
      handle: (request) => {
        const { scope, ...body } = readBody(request, pauseBody);
        return { kind: "data", data: shownPause(makePause(guard, { ...body, scope: scopeOf(scope), timeMs: now() })) };
      },
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/arm",
      access: "control",
      handle: (request) => {
        const { scope, ...body } = readBody(request, armBody);
        const outcome = guard.arm({ ...body, scope: scopeOf(scope), timeMs: now(), firing: isFiring });
        if (outcome.kind === "refused") throw new ApiError("bad_data", `${outcome.message}. ${outcome.hint}`);
        const { epoch, armed, remaining, isForced } = outcome;
        return {
          kind: "data",
          data: { epoch, isForced, armed: armed.map(shownPause), remaining: remaining.map(shownPause) },
        };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/journal",
      access: "read",
      handle: ({ parameters }) => {
        const kind = parameters.get("kind") || undefined;
        if (kind !== undefined && !isKind(kind)) {
          throw new ApiError("bad_data", `no entries are of kind ${kind}. Known are ${JOURNAL_KINDS.join(", ")}`);
        }
        return { kind: "data", data: [...guard.journal.entries({ kind })] };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/journal/verify",
      access: "read",
      handle: () => ({ kind: "data", data: guard.journal.verify() }),
    },
  ];
}

/** A pause that is not on the disk holds, and whoever asked for it must know that it would not outlive the process. */
export function makePause(guard: Guard, request: Parameters<Guard["pause"]>[0]): Pause {
  try {
    return guard.pause(request);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    throw new ApiError("internal", `${error.message}. ${error.hint}`, error);
  }
}

function scopeOf(text: string): Scope {
  try {
    return parseScope(text);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    throw new ApiError("bad_data", `${error.message}. ${error.hint}`);
  }
}

function isKind(text: string): text is JournalKind {
  return JOURNAL_KINDS.some((kind) => kind === text);
}

/** A pause as people read it. */
export function shownPause({ scope, timeMs, ...pause }: Pause): object {
  return { ...pause, scope: printScope(scope), time: new Date(timeMs).toISOString() };
}
