import type { JSX } from "preact";
import type { LabelSet } from "../api/answers.ts";

/** `venue="cex"` and so on, each a chip. */
export function LabelList({
  labels,
  without = [],
}: {
  readonly labels: LabelSet;
  readonly without?: readonly string[];
}): JSX.Element {
  return (
    <ul class="hw-labels">
      {Object.entries(labels)
        .filter(([name]) => !without.includes(name))
        .map(([name, value]) => (
          <li key={name} class="hw-label">
            {name}="{value}"
          </li>
        ))}
    </ul>
  );
}
