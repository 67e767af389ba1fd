import type { ComponentChildren, JSX } from "preact";

export interface ScrollTableProps {
  /** What is in it: `wallets`. */
  readonly of: string;
  /** `<thead>`, `<tbody>` */
  readonly children: ComponentChildren;
  /** On a phone each row is a block. */
  readonly isStacked?: boolean;
}

/** A table that scrolls sideways where it is too wide, with a keyboard, too. */
export function ScrollTable({ of, children, isStacked = false }: ScrollTableProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboards (WCAG 2.1.1)
    <section class="hw-table-scroll" tabIndex={0} aria-label={`Table of ${of}`}>
      <table class={`hw-table${isStacked ? " hw-table-stack" : ""}`}>{children}</table>
    </section>
  );
}
