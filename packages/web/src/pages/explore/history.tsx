/** What was asked before, in this browser. */
import type { JSX } from "preact";
import type { Kept } from "../../shell/kept.ts";
import { usePage } from "../../shell/page-context.ts";

const KEY = "haltwatch.explore.history";

const MAX_QUERIES = 30;

/** Longer ones are not kept. */
const MAX_LENGTH = 5000;

export function rememberQuery(kept: Kept, query: string): void {
  if (query.length > MAX_LENGTH) return;
  const others = queriesIn(kept).filter((one) => one !== query);
  kept.setItem(KEY, JSON.stringify([query, ...others].slice(0, MAX_QUERIES)));
}

function queriesIn(kept: Kept): readonly string[] {
  try {
    const value: unknown = JSON.parse(kept.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function History({ onPick }: { readonly onPick: (query: string) => void }): JSX.Element | null {
  const { kept } = usePage();
  const queries = queriesIn(kept);
  if (queries.length === 0) return null;
  return (
    <select
      aria-label="Asked before"
      value=""
      onChange={(event) => {
        if (event.currentTarget.value !== "") onPick(event.currentTarget.value);
      }}
    >
      <option value="">Asked before…</option>
      {queries.map((query) => (
        <option key={query} value={query}>
          {query.length > 90 ? `${query.slice(0, 90)}…` : query}
        </option>
      ))}
    </select>
  );
}
