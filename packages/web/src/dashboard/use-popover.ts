/** What opens over the page closes by a click beside it, and by Escape. */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

export function usePopover(isOpen: boolean, root: RefObject<HTMLElement | null>, close: () => void): void {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) close();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      root.current?.querySelector<HTMLElement>("[aria-expanded]")?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey, true);
    };
  });
}
