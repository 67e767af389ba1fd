/** A state as icon, word and colour: alike everywhere. */
import type { JSX } from "preact";
import type { Health, TradingState } from "../api/answers.ts";
import { Icon, type IconName } from "./icon.tsx";

export type Tone = Health | "info";

const ICONS: Readonly<Record<Tone, IconName>> = {
  ok: "ok",
  warning: "warning",
  critical: "critical",
  paused: "paused",
  unknown: "unknown",
  info: "info",
};

export interface BadgeProps {
  readonly tone: Tone;
  readonly text: string;
  /** Another than the tone's own. */
  readonly icon?: IconName;
  /** The loudest: the colour as its ground. */
  readonly isSolid?: boolean;
  /** Without colour: what may be, not what is. */
  readonly isQuiet?: boolean;
  readonly title?: string | undefined;
}

/** Longer texts may break: an error of another program, for instance. */
const LONG = 28;

export function Badge({
  tone,
  text,
  icon = ICONS[tone],
  isSolid = false,
  isQuiet = false,
  title,
}: BadgeProps): JSX.Element {
  return (
    <span
      class={`hw-badge hw-tone-${tone}${isSolid ? " hw-badge-solid" : ""}${isQuiet ? " hw-badge-quiet" : ""}${text.length > LONG ? " hw-badge-long" : ""}`}
      title={title}
    >
      <Icon name={icon} />
      {text}
    </span>
  );
}

export function toneIcon(tone: Tone): IconName {
  return ICONS[tone];
}

/** Any severity that a rule's author writes. */
export function severityTone(severity: string | undefined): Tone {
  if (severity === undefined) return "unknown";
  if (/^(?:critical|page|emergency|error|fatal)$/i.test(severity)) return "critical";
  return /^info/i.test(severity) ? "info" : /^(?:none|ok)$/i.test(severity) ? "unknown" : "warning";
}

export function severityWord(severity: string | undefined): string {
  return severity ?? "no severity";
}

/** What a bot's trading state means, in words. */
export function tradingBadge(state: TradingState): Pick<BadgeProps, "tone" | "text" | "icon" | "isSolid"> {
  if (state === "HALTED") return { tone: "paused", text: "PAUSED", icon: "paused", isSolid: true };
  if (state === "REDUCING") return { tone: "paused", text: "CLOSING ONLY", icon: "reducing", isSolid: true };
  return { tone: "ok", text: "Trading", icon: "ok" };
}
