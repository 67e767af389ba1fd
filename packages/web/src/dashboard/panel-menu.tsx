/** What can be done with a panel. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { usePopover } from "./use-popover.ts";

const MAX_LINKS = 20;

export interface PanelMenuLink {
  readonly href: string;
  readonly title: string;
  readonly opensNewTab: boolean;
}

export interface PanelMenuProps {
  readonly links: readonly PanelMenuLink[];
  readonly title: string;
  readonly view: "panel" | "table" | "query";
  readonly hasData: boolean;
  readonly isAlone: boolean;
  readonly onView: (view: "panel" | "table" | "query") => void;
  readonly onAlone: () => void;
  readonly onSave: () => void;
}

export function PanelMenu({
  title,
  view,
  hasData,
  isAlone,
  links,
  onView,
  onAlone,
  onSave,
}: PanelMenuProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  usePopover(isOpen, root, () => setOpen(false));
  useEffect(() => {
    if (isOpen) root.current?.querySelector<HTMLElement>(".hw-panel-menu-list button")?.focus();
  }, [isOpen]);
  const item = (label: string, act: () => void): JSX.Element => (
    <li>
      <button
        type="button"
        onClick={() => {
          setOpen(false);
          opener.current?.focus();
          act();
        }}
      >
        {label}
      </button>
    </li>
  );
  return (
    <div class="hw-panel-menu" ref={root}>
      <button
        type="button"
        ref={opener}
        aria-expanded={isOpen}
        aria-label={`Menu of ${title === "" ? "this panel" : title}`}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">{links.length > 0 ? "↗ ⋯" : "⋯"}</span>
      </button>
      {isOpen ? (
        <ul class="hw-panel-menu-list">
          {item(isAlone ? "Back to the dashboard" : "View alone", onAlone)}
          {view === "panel" ? null : item("Show the panel", () => onView("panel"))}
          {hasData && view !== "table" ? item("Show as table", () => onView("table")) : null}
          {hasData && view !== "query" ? item("Show the query", () => onView("query")) : null}
          {hasData ? item("Save as CSV", onSave) : null}
          {links.slice(0, MAX_LINKS).map(({ href, title, opensNewTab }, index) => (
            <li key={`${index} ${href}`}>
              <a href={href} {...(opensNewTab ? { target: "_blank", rel: "noreferrer noopener" } : {})}>
                {title} <span aria-hidden="true">↗</span>
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
