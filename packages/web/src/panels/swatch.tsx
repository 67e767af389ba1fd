/** A line in a series' colour, beside its name. */
import type { JSX } from "preact";

export function Swatch({ color }: { readonly color: string }): JSX.Element {
  return (
    <svg class="hw-panel-swatch" viewBox="0 0 12 4" aria-hidden="true">
      <rect width="12" height="4" rx="2" fill={color} />
    </svg>
  );
}
