/** Where a value is from, and what it was when the page was opened. */
import type { JSX } from "preact";
import { Badge } from "../../elements/health.tsx";

/** Sources from which a value comes that nobody here has written. */
const NOT_SET: readonly string[] = ["default", "pack"];

export function isSetHere(source: string): boolean {
  return !NOT_SET.includes(source);
}

export function Changed({ before }: { readonly before: string | undefined }): JSX.Element | null {
  if (before === undefined) return null;
  return (
    <p class="hw-config-changed">
      <Badge tone="info" text="changed" /> was <code>{before}</code>
    </p>
  );
}

export function ValueSource({ source, where }: { readonly source: string; readonly where: string }): JSX.Element {
  const isDefault = source === "default";
  if (source === "pack") return <span class="hw-muted">{where}</span>;
  return (
    <span class={isDefault ? "hw-muted" : ""}>
      {isDefault ? "default" : <code>{where}</code>}
      {isDefault || where === source ? null : <span class="hw-muted hw-small"> ({source})</span>}
    </span>
  );
}
