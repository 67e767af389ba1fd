/** The heartbeat strip: a row of parts, oldest first, each with the worst state of its time. Heights differ with the state, too. */
import type { JSX } from "preact";
import type { Health } from "../api/answers.ts";
import { ageText } from "./time-text.ts";

/** Height of each state's bar, and where it begins, in a strip of 24. */
const BARS: Readonly<Record<Health, { readonly y: number; readonly height: number }>> = {
  ok: { y: 8, height: 16 },
  warning: { y: 4, height: 20 },
  critical: { y: 0, height: 24 },
  paused: { y: 0, height: 24 },
  unknown: { y: 19, height: 5 },
};

const WORDS: Readonly<Record<Health, string>> = {
  ok: "well",
  warning: "warning",
  critical: "critical",
  paused: "paused",
  unknown: "no data",
};

export interface StripProps {
  readonly parts: readonly Health[];
  /** Of all parts together. */
  readonly spanMs: number;
  /** Of what: `arb-1`. */
  readonly name: string;
  readonly span: string;
}

export function Strip({ parts, spanMs, name, span }: StripProps): JSX.Element {
  const partMs = spanMs / Math.max(1, parts.length);
  return (
    <svg
      class="hw-strip"
      viewBox={`0 0 ${parts.length * 10} 24`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name}, last ${span}: ${stripText(parts, spanMs)}`}
    >
      {parts.map((health, index) => {
        const { y, height } = BARS[health];
        const fromMs = (parts.length - index) * partMs;
        return (
          // The parts have no name but their place.
          <g key={index}>
            <title>{`${WORDS[health]}, ${ageText(fromMs)} to ${ageText(fromMs - partMs)} ago`}</title>
            <rect x={index * 10} y="0" width="10" height="24" class="hw-strip-hit" />
            {health === "paused" ? (
              <>
                <rect x={index * 10 + 1} y={y} width="2.6" height={height} class="hw-strip-paused" />
                <rect x={index * 10 + 5.4} y={y} width="2.6" height={height} class="hw-strip-paused" />
              </>
            ) : (
              <rect x={index * 10 + 1} y={y} width="7.4" height={height} class={`hw-strip-${health}`} />
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** `paused 30 min, critical 2 h, else well` */
export function stripText(parts: readonly Health[], spanMs: number): string {
  if (parts.length === 0) return "no data";
  const partMs = spanMs / parts.length;
  const told = (["paused", "critical", "warning", "unknown"] as const).flatMap((health) => {
    const count = parts.filter((part) => part === health).length;
    return count === 0 ? [] : [`${WORDS[health]} ${ageText(count * partMs)}`];
  });
  if (told.length === 0) return "well all the time";
  return parts.includes("ok") ? `${told.join(", ")}, else well` : told.join(", ");
}
