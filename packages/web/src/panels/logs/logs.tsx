/** Haltwatch's journal: pauses, arms, changes. Logs of other stores are named as missing. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isObject, type Json, type JsonObject, textOf } from "../../dashboard/json.ts";
import { systemTime } from "../../format/date-time.ts";
import type { PanelBodyProps } from "../panel-body.ts";

const MAX_ENTRIES = 200;

interface Entry {
  readonly time: number;
  readonly kind: string;
  readonly text: string;
}

export function Logs({ panel, context, range }: PanelBodyProps): JSX.Element {
  const [entries, setEntries] = useState<readonly Entry[] | string>("Loading");
  const isJournal = [panel.datasource, ...panel.targets.map(({ datasource }) => datasource)].some(
    ({ type, uid }) => type === "haltwatch" || uid === "haltwatch",
  );
  const { api, now, timeZone } = context;
  // Asked again with each refresh, which moves `now`.
  useEffect(() => {
    if (!isJournal) return;
    const controller = new AbortController();
    api.get("/api/haltwatch/journal", { limit: MAX_ENTRIES }, { signal: controller.signal }).then(
      (answer) => setEntries(entriesOf(answer as Json)),
      (error: unknown) => {
        if (!controller.signal.aborted) setEntries(error instanceof Error ? error.message : String(error));
      },
    );
    return () => controller.abort();
  }, [api, isJournal, now]);
  if (!isJournal)
    return <p class="hw-panel-note">Logs of other stores are not shown here: only Haltwatch's journal is.</p>;
  if (typeof entries === "string") return <p class="hw-panel-note">{entries}</p>;
  const shown = entries.filter(({ time }) => time >= range.from && time <= range.to + 60_000);
  if (shown.length === 0) return <p class="hw-panel-note">The journal has nothing in this range.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <figure class="hw-panel-logs" tabIndex={0} aria-label={panel.title === "" ? "Journal" : panel.title}>
      {shown.map(({ time, kind, text }, index) => (
        <div key={`${index} ${time}`}>
          <time dateTime={new Date(time).toISOString()}>{systemTime(time, timeZone)}</time> <strong>{kind}</strong>{" "}
          {text}
        </div>
      ))}
    </figure>
  );
}

function entriesOf(answer: Json): readonly Entry[] {
  const list = Array.isArray(answer)
    ? (answer as readonly Json[])
    : isObject(answer) && Array.isArray(answer["entries"])
      ? (answer["entries"] as readonly Json[])
      : [];
  return list
    .filter(isObject)
    .map((one) => ({
      time: Date.parse(textOf(one["time"]) ?? textOf(one["at"]) ?? ""),
      kind: textOf(one["kind"], 100) ?? "",
      text: detailOf(one),
    }))
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => b.time - a.time)
    .slice(0, MAX_ENTRIES);
}

function detailOf(entry: JsonObject): string {
  const skipped = new Set(["time", "at", "kind", "seq", "hash", "previous", "previous_hash"]);
  const parts = Object.entries(isObject(entry["data"]) ? { ...entry, ...entry["data"], data: undefined } : entry)
    .filter(([key, value]) => !skipped.has(key) && value !== undefined && value !== null && typeof value !== "object")
    .map(([key, value]) => `${key}=${String(value)}`);
  return parts.join(" ").slice(0, 1000);
}
