import type { ComponentChildren, JSX } from "preact";

export interface SnippetProps {
  readonly children: ComponentChildren;
  /** Long lines are broken instead of scrolled. */
  readonly isWrapped?: boolean;
}

/** Text of a file or a program. It scrolls, so a keyboard has to reach it. */
export function Snippet({ children, isWrapped = false }: SnippetProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboards (WCAG 2.1.1)
    <pre class={`hw-snippet${isWrapped ? " hw-snippet-wrapped" : ""}`} tabIndex={0}>
      {children}
    </pre>
  );
}
