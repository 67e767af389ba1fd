/**
 * How bots were before this process began to look: from what the store has of them and of their alerts, and from what the journal
 * has of pauses. Read once for each bot, newest first, a piece at a time, so that nothing else waits for it.
 */
import { type Guard, type JournalEntry, type Pause, parseScope, type Scope, touches } from "@haltwatch/guard";
import { type LabelMatcher, METRIC_NAME, type Store } from "@haltwatch/store";
import { countsOf, stateFrom } from "./bot-state.ts";
import { SLOT_MS, type StateStrip } from "./state-strip.ts";
import type { WatchedBot } from "./watched-bots.ts";

/** Where a source was up at the start of a half hour, milliseconds, the rest of it is not read. */
const GLANCE_MS = 60_000;

/** So long this works at a time, and then rests, milliseconds: whatever else this process does goes first. */
const TURN_MS = 3;

interface PastPause {
  readonly scope: Scope;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PastSources {
  readonly store: Pick<Store, "select" | "seriesLabels">;
  readonly guard: Pick<Guard, "journal" | "pauses">;
}

/** Fills the strip with the bot's pauses of a time before now. */
export function rememberPauses(
  strip: StateStrip,
  bot: string,
  guard: PastSources["guard"],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): void {
  for (const pause of pastPauses(guard, fromMs, toMs))
    if (touches(pause.scope, { bot })) strip.markAll("paused", pause.fromMs, pause.toMs);
}

/**
 * Fills the strip with what the store knows of a time before now.
 *
 * @returns when it is done, or the signal was given
 */
export async function rememberPast(
  strip: StateStrip,
  { bot, sources }: WatchedBot,
  { store }: Pick<PastSources, "store">,
  { fromMs, toMs, signal }: { readonly fromMs: number; readonly toMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const turn = new Turn();
  const ups = sources.map((labels) => [...labels].map(([name, value]) => matcher(name, value)));
  const alerts = [
    [matcher("bot", bot)],
    ...sources.map((labels) => [
      matcher("bot", ""),
      ...["job", "instance"].map((name) => matcher(name, labels.get(name))),
    ]),
  ]
    .map((own) => [matcher(METRIC_NAME, "ALERTS"), matcher("alertstate", "firing"), ...own])
    .filter((matchers) => store.seriesLabels(matchers).length > 0);
  for (let slotMs = toMs - (toMs % SLOT_MS); slotMs > fromMs - SLOT_MS; slotMs -= SLOT_MS) {
    if (ups.some((matchers) => wasUp(store, matchers, slotMs))) strip.mark("ok", slotMs);
    for (const matchers of alerts) {
      for (const { labels } of store.select(matchers, slotMs - 1, slotMs + SLOT_MS - 1))
        strip.mark(stateFrom(false, countsOf([labels.get("severity")]), true), slotMs);
    }
    await turn.over();
    if (signal.aborted) return;
  }
}

/** Pauses that were in force since then, as the journal has them. */
function pastPauses(guard: PastSources["guard"], sinceMs: number, nowMs: number): PastPause[] {
  const inForce = guard.pauses();
  const ended: PastPause[] = [];
  const open = new Map<number, { readonly scope: Scope; readonly fromMs: number }>();
  for (const kind of ["pause", "arm", "forced-arm"] as const) {
    for (const entry of guard.journal.entries({ fromMs: sinceMs, kind })) {
      const scope = scopeIn(entry);
      if (scope === undefined) continue;
      if (kind === "pause") open.set(Number(entry.data?.["epoch"]), { scope, fromMs: entry.timeMs });
      else {
        const armed = entry.data?.["armed"];
        for (const epoch of Array.isArray(armed) ? armed.map(Number) : []) {
          // What was paused before the time that is asked for has only its end in it.
          const begun = open.get(epoch) ?? { scope, fromMs: sinceMs };
          open.delete(epoch);
          ended.push({ ...begun, toMs: entry.timeMs });
        }
      }
    }
  }
  // A pause that was made stricter goes on under another number; of what is neither in force nor armed only its start is known.
  const replaced = [...open].filter(([epoch]) => inForce.every((pause) => pause.epoch !== epoch));
  return [
    ...ended,
    ...replaced.map(([, { scope, fromMs }]) => ({ scope, fromMs, toMs: fromMs })),
    ...inForce.map(({ scope, timeMs }: Pause) => ({ scope, fromMs: Math.max(timeMs, sinceMs), toMs: nowMs })),
  ];
}

function scopeIn({ data }: JournalEntry): Scope | undefined {
  try {
    return parseScope(String(data?.["scope"]));
  } catch {
    return undefined; // an entry of another form says nothing of pauses
  }
}

function wasUp(store: PastSources["store"], matchers: readonly LabelMatcher[], slotMs: number): boolean {
  const isUp = (fromMs: number, toMs: number): boolean =>
    store.select(matchers, fromMs - 1, toMs).some(({ values }) => values.includes(1));
  return isUp(slotMs, slotMs + GLANCE_MS) || isUp(slotMs + GLANCE_MS, slotMs + SLOT_MS - 1);
}

function matcher(name: string, value: string): LabelMatcher {
  return { name, operator: "=", value };
}

/** Works half of the time at most. */
class Turn {
  #begunMs = performance.now();

  async over(): Promise<void> {
    if (performance.now() - this.#begunMs < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    this.#begunMs = performance.now();
  }
}
