/** Who did what, when and why: newest first. A chain of hashes shows whether anything was changed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { JournalEntryAnswer, JournalVerdictAnswer } from "../../api/answers.ts";
import { errorText } from "../../api/api-error.ts";
import { countText } from "../../elements/amount.ts";
import { Badge, type Tone } from "../../elements/health.tsx";
import type { IconName } from "../../elements/icon.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import "./journal.css";

/** Source: packages/guard, journal-entry.ts. */
const KINDS: Readonly<Record<string, { readonly text: string; readonly tone: Tone; readonly icon?: IconName }>> = {
  pause: { text: "pause", tone: "paused" },
  arm: { text: "arm", tone: "ok" },
  "forced-arm": { text: "forced arm", tone: "warning" },
  "alert-change": { text: "alert", tone: "info" },
  "config-change": { text: "configuration", tone: "info", icon: "file" },
  "token-use": { text: "token used", tone: "unknown", icon: "key" },
  refused: { text: "refused", tone: "warning" },
  start: { text: "start", tone: "info" },
  stop: { text: "stop", tone: "unknown", icon: "close" },
  note: { text: "note", tone: "unknown", icon: "info" },
};

const PAGE = 100;

/** Haltwatch answers no more than so many entries. */
const MAX_AT_ONCE = 1000;

export function JournalPage(): JSX.Element {
  const { haltwatch, live, router } = usePage();
  const { params } = router.route.value;
  const kind = params.get("kind") ?? "";
  const search = params.get("search") ?? "";
  const [count, setCount] = useState(PAGE);
  const { data, fault, reload } = useResource(
    `journal ${kind} ${search} ${count}`,
    async (signal) => {
      const asked = { kind: kind === "" ? undefined : kind, search: search === "" ? undefined : search };
      const found: JournalEntryAnswer[] = [];
      while (found.length < count) {
        const limit = Math.min(MAX_AT_ONCE, count - found.length);
        const page = newestFirst(await haltwatch.journal({ ...asked, limit, before: found.at(-1)?.seq }, { signal }));
        found.push(...page);
        if (page.length < limit) break;
      }
      return found;
    },
    { withChanges: true },
  );
  const setParam = (name: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setCount(PAGE);
    router.setParams(next, { replace: true });
  };
  const entries = (data ?? []).filter(({ who, what, why, data: more }) =>
    matchesSearch(search, [who, what, why, JSON.stringify(more ?? {})]),
  );
  return (
    <>
      <div class="hw-page-head">
        <h1>Journal</h1>
        <div class="hw-page-actions">
          <select
            aria-label="Kind of entry"
            value={kind}
            onChange={(event) => setParam("kind", event.currentTarget.value)}
          >
            <option value="">All kinds</option>
            {Object.entries(KINDS).map(([name, { text }]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
          <SearchField label="Search the journal" value={search} onInput={(value) => setParam("search", value)} />
          <Verify />
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The journal could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="the journal" />
        ) : null
      ) : entries.length === 0 ? (
        <Empty title={kind === "" && search === "" ? "The journal is empty" : "No entry matches"} />
      ) : (
        <>
          <ol class="hw-journal">
            {entries.slice(0, count).map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </ol>
          {data.length < count ? null : (
            <button type="button" class="hw-button hw-journal-more" onClick={() => setCount(count + PAGE)}>
              Older entries
            </button>
          )}
        </>
      )}
    </>
  );
}

function newestFirst(entries: readonly JournalEntryAnswer[]): readonly JournalEntryAnswer[] {
  return entries.toSorted((a, b) => b.seq - a.seq);
}

function Entry({ entry }: { readonly entry: JournalEntryAnswer }): JSX.Element {
  const { seq, timeMs, kind, who, what, why, data, hash } = entry;
  const shown = KINDS[kind] ?? { text: kind, tone: "unknown" as const };
  const hasMore = data !== undefined && Object.keys(data).length > 0;
  return (
    <li class="hw-journal-entry">
      <div class="hw-journal-when">
        <RelativeTime time={timeMs} />
        <span class="hw-muted hw-small" title={`SHA-256 ${hash}`}>
          no. {seq}
        </span>
      </div>
      <div class="hw-journal-kind">
        <Badge tone={shown.tone} text={shown.text} {...(shown.icon === undefined ? {} : { icon: shown.icon })} />
      </div>
      <div class="hw-journal-text">
        <p>
          <strong>{what}</strong>
        </p>
        <p>
          {why === "" ? null : why} <span class="hw-muted">by {who}</span>
        </p>
        {hasMore ? (
          <details>
            <summary>Details</summary>
            <Snippet>{JSON.stringify(data, null, 2)}</Snippet>
          </details>
        ) : null}
      </div>
    </li>
  );
}

function Verify(): JSX.Element {
  const { haltwatch } = usePage();
  const [verdict, setVerdict] = useState<JournalVerdictAnswer | string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const verify = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setVerdict(await haltwatch.verifyJournal().catch(errorText));
    setBusy(false);
  };
  return (
    <>
      <button type="button" class="hw-button" aria-disabled={isBusy} onClick={() => void verify()}>
        {isBusy ? "Verifying…" : "Verify"}
      </button>
      <span role="status" class="hw-journal-verdict">
        {verdict === undefined ? null : typeof verdict === "string" ? (
          <Badge tone="critical" text={verdict} />
        ) : verdict.fault === undefined ? (
          <Badge tone="ok" text={`${countText(verdict.entries, "entry", "entries")}, as they were written`} />
        ) : (
          <Badge
            tone="critical"
            text={`Entry ${verdict.fault.seq} was ${verdict.fault.kind}: ${verdict.fault.message}`}
            isSolid
          />
        )}
      </span>
    </>
  );
}
