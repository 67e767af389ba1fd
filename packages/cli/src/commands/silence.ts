/** `haltwatch silence add|list|expire`: so long, alerts that match are not told. Pauses are not silenced. */
import { userInfo } from "node:os";
import { CommandError } from "../command-error.ts";
import { askAlertmanager } from "../haltwatch-api.ts";

interface At {
  readonly url: string;
}

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

interface Silence {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

export interface AddSilenceFlags extends At {
  /** `2h30m` */
  readonly duration: string;
  readonly comment: string;
  readonly by?: string;
}

/** @param matchers `alertname=OrdersFailing`, `venue=~"cex|dex"` */
export async function addSilence(matchers: readonly string[], flags: AddSilenceFlags): Promise<void> {
  if (matchers.length === 0) {
    throw new CommandError(
      "what is to be silenced?",
      "Name labels: haltwatch silence add alertname=OrdersFailing --comment …",
    );
  }
  const nowMs = Date.now();
  const body = {
    matchers: matchers.map(matcherOf),
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + durationMs(flags.duration)).toISOString(),
    createdBy: flags.by ?? userInfo().username,
    comment: flags.comment,
  };
  const { silenceID } = await askAlertmanager<{ silenceID: string }>({
    url: flags.url,
    path: "/api/v2/silences",
    body,
  });
  process.stdout.write(`${silenceID}\nUntil ${body.endsAt}. To end it sooner: haltwatch silence expire ${silenceID}\n`);
}

/** Those in force and to come; with `--all` those that are over, too. */
export async function listSilences({ url, all }: At & { readonly all?: true }): Promise<void> {
  const silences = await askAlertmanager<readonly Silence[]>({ url, path: "/api/v2/silences" });
  const shown = silences.filter(({ status }) => all === true || status.state !== "expired");
  if (shown.length === 0) process.stdout.write("Nothing is silenced.\n");
  for (const { id, status, matchers, endsAt, createdBy, comment } of shown) {
    const what = matchers.map(({ name, value, isRegex, isEqual }) => `${name}${operator(isRegex, isEqual)}"${value}"`);
    process.stdout.write(`${id}  ${status.state}  ${what.join(" ")}  until ${endsAt}  by ${createdBy}: ${comment}\n`);
  }
}

export async function expireSilences(ids: readonly string[], { url }: At): Promise<void> {
  if (ids.length === 0) throw new CommandError("which silence?", "Its id is in haltwatch silence list");
  for (const id of ids) {
    await askAlertmanager({ url, path: `/api/v2/silence/${encodeURIComponent(id)}`, method: "DELETE" });
    process.stdout.write(`expired  ${id}\n`);
  }
}

function matcherOf(text: string): Matcher {
  const [, name, sign, quoted] = /^([^=!~]+?)\s*(=~|!~|!=|=)\s*(.*)$/s.exec(text.trim()) ?? [];
  if (name === undefined || sign === undefined || quoted === undefined) {
    throw new CommandError(`${JSON.stringify(text)} is no matcher`, 'Write it like venue=cex or bot=~"arb-.*"');
  }
  const value = /^"(.*)"$/s.exec(quoted)?.[1] ?? quoted;
  return { name, value, isRegex: sign.endsWith("~"), isEqual: sign.startsWith("=") };
}

function operator(isRegex: boolean, isEqual: boolean): string {
  if (isRegex) return isEqual ? "=~" : "!~";
  return isEqual ? "=" : "!=";
}

function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ""] ?? 0), 0);
  if (ms > 0 && parts.map(([part]) => part).join("") === text) return ms;
  throw new CommandError(`${JSON.stringify(text)} is no duration`, "Write it like 30m, 2h or 1d");
}
