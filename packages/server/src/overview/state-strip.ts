/**
 * How a bot was over the last 30 days: its worst state in each half hour, a byte each. Written as things happen, and once from what
 * the store and the journal know of the time before; read without going through samples.
 */
import { BOT_STATES, type BotState, rankOf } from "./bot-state.ts";

/** What one byte stands for, milliseconds. */
export const SLOT_MS = 1_800_000;

const SLOTS_A_DAY = 48;

const DAYS = 30;

const SLOTS = SLOTS_A_DAY * DAYS;

export class StateStrip {
  /** By the slot's number since 1970, modulo. */
  readonly #worst = new Uint8Array(SLOTS);
  /** Number of the newest slot that was written. */
  #newest = Number.NEGATIVE_INFINITY;

  /** It was in this state then, perhaps among others. What is older than 30 days is passed over. */
  mark(state: BotState, timeMs: number): void {
    const slot = Math.floor(timeMs / SLOT_MS);
    this.#moveTo(slot);
    if (slot <= this.#newest - SLOTS) return;
    const at = slot % SLOTS;
    this.#worst[at] = Math.max(this.#worst[at] ?? 0, rankOf(state));
  }

  /** It was in this state from then until then, both included. */
  markAll(state: BotState, fromMs: number, toMs: number): void {
    const last = Math.floor(toMs / SLOT_MS);
    const first = Math.max(Math.floor(fromMs / SLOT_MS), last - SLOTS + 1);
    for (let slot = first; slot <= last; slot += 1) this.mark(state, slot * SLOT_MS);
  }

  /** 48 half hours, oldest first; the last is the one that is under way. */
  lastDay(nowMs: number): BotState[] {
    return this.#parts(nowMs, SLOTS_A_DAY, 1);
  }

  /** 30 parts of 24 hours, oldest first; the last ends now. With a half hour of silence a day is `unknown`, not `ok`. */
  lastDays(nowMs: number): BotState[] {
    return this.#parts(nowMs, DAYS, SLOTS_A_DAY);
  }

  #parts(nowMs: number, count: number, slotsEach: number): BotState[] {
    const end = Math.floor(nowMs / SLOT_MS) + 1;
    const first = this.#first();
    return Array.from({ length: count }, (_, part) => {
      const from = end - (count - part) * slotsEach;
      let worst = 0;
      let isSilent = false;
      for (let slot = from; slot < from + slotsEach; slot += 1) {
        const rank = this.#at(slot);
        worst = Math.max(worst, rank);
        isSilent ||= rank === 0 && slot > first && slot < end - 1; // the half hour under way may have just begun
      }
      // A day with hours of which nobody knows anything was no good day, however well the others were.
      return isSilent && worst === rankOf("ok") ? "unknown" : (BOT_STATES[worst] ?? "unknown");
    });
  }

  /** The oldest slot of which something is known: before it there was no bot to be silent. */
  #first(): number {
    for (let slot = this.#newest - SLOTS + 1; slot <= this.#newest; slot += 1) if (this.#at(slot) > 0) return slot;
    return this.#newest;
  }

  #at(slot: number): number {
    const isKept = slot <= this.#newest && slot > this.#newest - SLOTS;
    return isKept ? (this.#worst[slot % SLOTS] ?? 0) : 0;
  }

  /** Clears what the ring held of 30 days before. */
  #moveTo(slot: number): void {
    if (slot <= this.#newest) return;
    if (slot - this.#newest >= SLOTS) this.#worst.fill(0);
    else for (let passed = this.#newest + 1; passed <= slot; passed += 1) this.#worst[passed % SLOTS] = 0;
    this.#newest = slot;
  }
}
