/** The range of time, and how often it is asked for. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { usePopover } from "../dashboard/use-popover.ts";
import type { TimeZone } from "../format/date-time.ts";
import { QUICK_RANGES, type RawRange, rangeName, readTime, type TimeRange } from "./time-range.ts";
import "./time.css";

const REFRESH_INTERVALS: readonly string[] = ["", "1s", "5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h"];

export interface TimePickerProps {
  readonly raw: RawRange;
  readonly range: TimeRange | undefined;
  readonly refresh: string;
  readonly timeZone: TimeZone;
  readonly now: () => number;
  readonly onRange: (range: RawRange) => void;
  readonly onRefresh: (refresh: string) => void;
  readonly onAsk: () => void;
}

export function TimePicker({
  raw,
  range,
  refresh,
  timeZone,
  now,
  onRange,
  onRefresh,
  onAsk,
}: TimePickerProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  usePopover(isOpen, root, () => setOpen(false));
  const choose = (next: RawRange): void => {
    setOpen(false);
    onRange(next);
  };
  const moveBy = (share: number): void => {
    if (range === undefined) return;
    const by = Math.round((range.to - range.from) * share);
    onRange({ from: String(range.from + by), to: String(range.to + by) });
  };
  const widen = (): void => {
    if (range === undefined) return;
    const by = Math.round((range.to - range.from) / 2);
    onRange({ from: String(range.from - by), to: String(range.to + by) });
  };
  const intervals = REFRESH_INTERVALS.includes(refresh) ? REFRESH_INTERVALS : [...REFRESH_INTERVALS, refresh];
  const name = rangeName(raw, timeZone);
  return (
    <div class="hw-time" ref={root}>
      <button type="button" aria-label="Earlier" title="Earlier" onClick={() => moveBy(-0.5)}>
        ‹
      </button>
      <button
        type="button"
        class="hw-time-range"
        aria-expanded={isOpen}
        aria-label={`Range of time: ${name}`}
        onClick={() => setOpen(!isOpen)}
      >
        {name}
      </button>
      <button type="button" aria-label="Later" title="Later" onClick={() => moveBy(0.5)}>
        ›
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={widen}>
        −
      </button>
      <button type="button" aria-label="Refresh" title="Refresh" onClick={onAsk}>
        ⟳
      </button>
      <select aria-label="Refresh by itself" value={refresh} onChange={(event) => onRefresh(event.currentTarget.value)}>
        {intervals.map((one) => (
          <option key={one} value={one}>
            {one === "" ? "Off" : one}
          </option>
        ))}
      </select>
      {isOpen ? (
        <div class="hw-time-list">
          <RangeForm raw={raw} timeZone={timeZone} now={now} onRange={choose} />
          <ul>
            {QUICK_RANGES.map((one) => (
              <li key={one.name}>
                <button
                  type="button"
                  aria-pressed={one.from === raw.from && one.to === raw.to}
                  onClick={() => choose({ from: one.from, to: one.to })}
                >
                  {one.name}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

function RangeForm({
  raw,
  timeZone,
  now,
  onRange,
}: Pick<TimePickerProps, "raw" | "timeZone" | "now" | "onRange">): JSX.Element {
  const [from, setFrom] = useState(raw.from);
  const [to, setTo] = useState(raw.to);
  const [problem, setProblem] = useState("");
  const apply = (event: Event): void => {
    event.preventDefault();
    const context = { now: now(), zone: timeZone };
    const start = readTime(from, context);
    const end = readTime(to, { ...context, end: true });
    if (start === undefined || end === undefined)
      setProblem("Write now-6h, 2026-11-21 15:04, or milliseconds since 1970");
    else if (start >= end) setProblem("The range ends before it begins");
    else
      onRange({
        from: from.trim().startsWith("now") ? from.trim() : String(start),
        to: to.trim().startsWith("now") ? to.trim() : String(end),
      });
  };
  return (
    <form onSubmit={apply}>
      <label>
        From
        <input value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To
        <input value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      {problem === "" ? null : <p role="alert">{problem}</p>}
      <button type="submit">Apply</button>
    </form>
  );
}
