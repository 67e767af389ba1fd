/** What happens in a demo, told on the terminal: a line each, at the time of its wall clock. */
import { Writable } from "node:stream";
import type { FaultPlace } from "./faults.ts";
import type { SentMessage } from "./stand-ins.ts";

/** Longest line, letters. */
const MAX_LINE = 220;

/** What comes within so long is told together: one cause often has many lines, milliseconds. */
const TOGETHER_MS = 50;

type Fields = Readonly<Record<string, unknown>>;

/** What is told of an event. Of several with the same subject within a moment one is told, and how many there were. */
interface Told {
  readonly subject: string;
  readonly line: string;
  /** Of those with one subject the first of the most urgent is told. */
  readonly urgency?: number;
}

interface Waiting extends Told {
  readonly time: string;
  readonly count: number;
}

export class Story {
  readonly #print: (text: string) => void;
  /** Messages that have been told, by their number. */
  readonly #isTold = new Set<string>();
  /** Bots that have been trading. */
  readonly #hasTraded = new Set<string>();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** The demo ends: that bots stop and say goodbye is nothing to tell. */
  end(): void {
    this.#tellWaiting();
    this.#isOver = true;
  }

  /** Takes Haltwatch's log, and tells of it what a person wants to know. */
  log(): Writable {
    return new Writable({
      decodeStrings: false,
      write: (lines: string, _, done) => {
        for (const line of lines.split("\n")) if (line !== "") this.#logged(JSON.parse(line));
        done();
      },
    });
  }

  switched({ bot, fault }: FaultPlace, on: boolean): void {
    if (on) this.#say(`${bot.name}: fault ${fault.name} ON: ${fault.description}. Expect ${fault.alerts.join(", ")}`);
    else this.#say(`${bot.name}: fault ${fault.name} off`);
  }

  /** A message may come twice, the second time with its picture: it is told once. */
  sent({ id, channel, text, picture }: SentMessage): void {
    if (this.#isTold.has(id)) return;
    this.#isTold.add(id);
    const name = channel === "slack" ? "Slack" : "Telegram";
    this.#say(`${name}: ${text.split("\n", 1)[0] ?? ""}${picture === null ? "" : " (with a picture)"}`);
  }

  /** What a bot itself does: what Haltwatch wants of it is in the log. */
  traded(bot: string, state: string): void {
    const line = TRADED[state];
    if (line !== undefined && this.#hasTraded.has(bot)) this.#say(`${bot}: ${line}`);
    this.#hasTraded.add(bot);
  }

  #logged({ event, level, ...fields }: Fields): void {
    const tell = TOLD[String(event)];
    if (tell !== undefined) {
      const told = tell(fields);
      if (told !== undefined) this.#queue(told);
    } else if (level === "error") this.#say(`${event}: ${fields["error"] ?? fields["message"] ?? ""}`);
  }

  #say(line: string): void {
    this.#queue({ subject: line, line });
  }

  #queue(told: Told): void {
    if (this.#isOver) return;
    const at = this.#waiting.findIndex(({ subject }) => subject === told.subject);
    const before = this.#waiting[at];
    if (before === undefined) {
      this.#waiting.push({ ...told, time: new Date().toTimeString().slice(0, 8), count: 1 });
    } else {
      const loudest = (told.urgency ?? 0) > (before.urgency ?? 0) ? told : before;
      this.#waiting[at] = { ...before, ...loudest, count: before.count + 1 };
    }
    this.#timer ??= setTimeout(() => this.#tellWaiting(), TOGETHER_MS);
  }

  #tellWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { time, line, count } of this.#waiting) {
      const text = line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
      this.#print(`${time} ${text}${count === 1 ? "" : ` (and ${count - 1} more)`}\n`);
    }
    this.#waiting = [];
  }
}

/** By what a bot may do now. */
const TRADED: Readonly<Record<string, string>> = {
  HALTED: "sends no more orders",
  REDUCING: "opens nothing any more, closes only",
  ACTIVE: "trades again",
};

/** By the log's event. */
const TOLD: Readonly<Record<string, (fields: Fields) => Told | undefined>> = {
  alert_firing: (fields) => alertLine(fields, ` fires (${fields["severity"]}): ${fields["summary"] ?? ""}`),
  alert_resolved: (fields) => alertLine(fields, " is over"),
  alert_without_data: (fields) => alertLine(fields, " has no data any more: nobody can tell whether it is over"),
  alert_ended_without_data: (fields) => alertLine(fields, " has ended without data"),
  paused: ({ scope, state, rule, by, reason }) => {
    const isReduced = state === "REDUCING";
    // Why is said by the line of its alert; of data that have vanished there is none.
    const why = rule === undefined || String(reason).startsWith("no data") ? `: ${reason}` : "";
    const who = rule === undefined ? `by ${by}` : `by rule ${rule}`;
    const line = `${scopeText(scope)} ${isReduced ? "REDUCED to closing" : "PAUSED"} ${who}${why}`;
    return { subject: `paused ${scope}`, line, urgency: isReduced ? 0 : 1 };
  },
  armed: ({ scopes, by, reason }) => {
    const armed = [...new Set(listOf(scopes).map(scopeText))].join("; ");
    return { subject: `armed ${armed}`, line: `${armed} ARMED by ${by}: ${reason}` };
  },
  reloaded: ({ changes, config_hash: hash }) => {
    const what = listOf(changes).join(", ").replaceAll("thresholds.", "");
    return { subject: "reloaded", line: `settings changed: ${what} (their hash is ${String(hash).slice(0, 12)} now)` };
  },
  reload_failed: ({ error }) => ({ subject: "refused", line: `settings REFUSED, those of before stay: ${error}` }),
  bot_gone: ({ bot }) => ({ subject: `gone ${bot}`, line: `${bot} is gone: its link ended without a goodbye` }),
  bot_gone_without_goodbye: () => undefined, // as bot_gone
  no_data: () => undefined, // the pause that comes of it says so
};

function alertLine({ alert, labels }: Fields, text: string): Told {
  const bot = typeof labels === "object" && labels !== null && "bot" in labels ? `${labels.bot}: ` : "";
  return { subject: `${bot}${alert}${text.slice(0, 10)}`, line: `${bot}${alert}${text}` };
}

/** `arbitrage-1 (scope bot:arbitrage-1,venue:cex)`: an arm names the scope as it stands. */
function scopeText(scope: unknown): string {
  const [, bot, rest] = /^bot:([^,]*)(.*)$/.exec(String(scope)) ?? [];
  if (bot === undefined) return scope === "all" ? "everything" : String(scope);
  return rest === "" ? bot : `${bot} (scope ${scope})`;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
