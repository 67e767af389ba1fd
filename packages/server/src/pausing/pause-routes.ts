/** What people and programs ask of the guard over HTTP: how things stand, pause, arm, the journal. */
import {
  type Guard,
  GuardError,
  JOURNAL_KINDS,
  type JournalEntry,
  type JournalKind,
  type Pause,
  type PauseRequest,
  parseScope,
  printScope,
  type Scope,
} from "@haltwatch/guard";
import { z } from "zod";
import { ApiError, type Parameters, type Route, readBody } from "../api/index.ts";

export interface PauseRouteOptions {
  readonly guard: Guard;
  /** Whether a pause's rule still fires. */
  readonly isFiring: (pause: Pause) => boolean;
  readonly now: () => number;
}

/** Most entries of a page of the journal. */
const MAX_ENTRIES = 1_000;

/** Most entries that a search goes through; what is older is on the next page, if somebody asks for it. */
const MAX_SEARCHED = 20_000;

/** So many are looked at, then others have their turn. */
const SEARCHED_A_TURN = 500;

/** A pause as people read it. */
export const pauseAnswer = z.object({
  epoch: z.number().int().describe("Rises with each change, also over restarts."),
  scope: z.string().describe("all, bot:NAME, venue:NAME, strategy:NAME, or several with commas between."),
  state: z.enum(["REDUCING", "HALTED"]),
  reason: z.string(),
  by: z.string(),
  rule: z.string().optional(),
  time: z.string(),
});

const armed = z.object({
  epoch: z.number().int(),
  isForced: z.boolean(),
  armed: z.array(pauseAnswer),
  remaining: z.array(pauseAnswer).describe("Other pauses that still hold for the scope or a part of it."),
});

const journalEntry = z.object({
  seq: z.number().int(),
  timeMs: z.number().describe("Unix milliseconds."),
  kind: z.enum(JOURNAL_KINDS),
  who: z.string(),
  what: z.string(),
  why: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
  hash: z.string().describe("SHA-256 of the entry and of the hash before it."),
});

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
      doc: { summary: "All pauses in force", answer: z.array(pauseAnswer) },
      handle: () => ({ kind: "data", data: guard.pauses().map(shownPause) }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/pause",
      access: "control",
      doc: { summary: "Pause everything, a bot, a venue or a strategy", body: pauseBody, answer: pauseAnswer },
      handle: (request) => {
        const { scope, ...body } = readBody(request, pauseBody);
        return { kind: "data", data: shownPause(makePause(guard, { ...body, scope: scopeOf(scope), timeMs: now() })) };
      },
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/arm",
      access: "control",
      doc: {
        summary: "Lift a scope's pauses; refused while the rule that paused still fires",
        body: armBody,
        answer: armed,
      },
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
      doc: {
        summary: "What happened, oldest first; with limit the newest, newest first",
        query: {
          kind: `Only entries of this kind: ${JOURNAL_KINDS.join(", ")}.`,
          limit: `So many, at most ${MAX_ENTRIES}.`,
          before: "With limit: only those with a smaller number (seq), for the next page.",
          search: "With limit: only those in which this text stands, whatever its case.",
        },
        answer: z.array(journalEntry),
      },
      handle: async ({ parameters }) => {
        const kind = kindIn(parameters);
        const limit = numberIn(parameters, "limit");
        if (limit === undefined) return { kind: "data", data: [...guard.journal.entries({ kind })] };
        const newest = guard.journal.newestFirst({ kind, beforeSeq: numberIn(parameters, "before") });
        return { kind: "data", data: await found(newest, parameters.get("search"), Math.min(limit, MAX_ENTRIES)) };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/journal/verify",
      access: "read",
      doc: { summary: "Whether an entry of the journal was changed, removed, inserted or put elsewhere" },
      handle: () => ({ kind: "data", data: guard.journal.verify() }),
    },
  ];
}

/** A pause that is not on the disk holds, and whoever asked for it must know that it would not outlive the process. */
export function makePause(guard: Guard, request: PauseRequest): Pause {
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

/** The first of them that hold the text. */
async function found(entries: Iterable<JournalEntry>, search: string, limit: number): Promise<JournalEntry[]> {
  const wanted = search.toLowerCase();
  const all: JournalEntry[] = [];
  let searched = 0;
  for (const entry of entries) {
    if (all.length >= limit || searched >= MAX_SEARCHED) break;
    searched += 1;
    if (wanted === "" || JSON.stringify(entry).toLowerCase().includes(wanted)) all.push(entry);
    if (searched % SEARCHED_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return all;
}

/** @throws {ApiError} `bad_data` */
function kindIn(parameters: Parameters): JournalKind | undefined {
  const kind = parameters.get("kind") || undefined;
  if (kind === undefined || isKind(kind)) return kind;
  throw new ApiError("bad_data", `no entries are of kind ${kind}. Known are ${JOURNAL_KINDS.join(", ")}`);
}

/** @throws {ApiError} `bad_data` */
function numberIn(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === "") return undefined;
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new ApiError("bad_data", `${name} is a whole number above 0`);
}

function isKind(text: string): text is JournalKind {
  return JOURNAL_KINDS.some((kind) => kind === text);
}

/** A pause as people read it. */
export function shownPause({ scope, timeMs, rule, ...pause }: Pause): z.output<typeof pauseAnswer> {
  const shown = { ...pause, scope: printScope(scope), time: new Date(timeMs).toISOString() };
  return rule === undefined ? shown : { ...shown, rule };
}
