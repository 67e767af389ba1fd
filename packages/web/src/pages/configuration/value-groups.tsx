/** Values, folded by the first part of their names: there are hundreds. */
import type { JSX } from "preact";
import { countText } from "../../elements/amount.ts";
import { Badge } from "../../elements/health.tsx";
import { isSetHere } from "./value-source.tsx";

interface ValueGroupsProps<T> {
  readonly things: readonly T[];
  /** What one of them is called. */
  readonly one: string;
  /** Whether all are unfolded: somebody looks for something. */
  readonly isOpen: boolean;
  readonly keyOf: (thing: T) => string;
  readonly isChanged: (thing: T) => boolean;
  readonly children: (group: string, things: readonly T[]) => JSX.Element;
}

export function ValueGroups<T extends { readonly source: string }>({
  things,
  one,
  isOpen,
  keyOf,
  isChanged,
  children,
}: ValueGroupsProps<T>): JSX.Element {
  const groups = Map.groupBy(things, (thing) => keyOf(thing).replace(/[.[].*$/, ""));
  return (
    <>
      {[...groups].map(([group, inGroup]) => {
        const set = inGroup.filter(({ source }) => isSetHere(source)).length;
        const changes = inGroup.filter(isChanged).length;
        return (
          <details key={group} class="hw-config-group" open={isOpen || changes > 0 ? true : undefined}>
            <summary>
              <h3>{group}</h3>
              <span class="hw-muted hw-small">
                {countText(inGroup.length, one)}
                {set === 0 ? "" : `, ${set} set here`}
              </span>
              {changes === 0 ? null : <Badge tone="info" text={`${changes} changed`} />}
            </summary>
            {children(group, inGroup)}
          </details>
        );
      })}
    </>
  );
}
