/** Icons, drawn in the colour of the text around them. Each state has its own shape: colour is never the only difference. */
import type { JSX } from "preact";

export type IconName =
  | "ok"
  | "warning"
  | "critical"
  | "paused"
  | "reducing"
  | "unknown"
  | "info"
  | "silenced"
  | "offline"
  | "close"
  | "menu"
  | "search"
  | "arrow"
  | "key"
  | "sun"
  | "moon"
  | "screen"
  | "keyboard"
  | "copy"
  | "file";

/** In a box of 16 × 16. */
const PATHS: Readonly<Record<IconName, JSX.Element>> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M5 8.2 7.2 10.4 11 6" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2 14.6 13.5H1.4Z" />
      <path d="M8 6.3v3.4M8 11.4v.4" />
    </>
  ),
  critical: (
    <>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3Z" />
      <path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M6.2 5.5v5M9.8 5.5v5" />
    </>
  ),
  reducing: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M8 4.8v6M5.4 8.4 8 11l2.6-2.6" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.5" stroke-dasharray="2.2 1.8" />
      <path d="M6.1 6.3a1.9 1.9 0 1 1 2.7 1.8c-.5.3-.8.6-.8 1.2M8 11.2v.3" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M8 7.4v3.8M8 4.8v.4" />
    </>
  ),
  silenced: (
    <>
      <path d="M4.2 11V7.2a3.8 3.8 0 0 1 6-3.1M11.8 7.2V11M3 11h10M6.7 13.2a1.4 1.4 0 0 0 2.6 0M2 2l12 12" />
    </>
  ),
  offline: (
    <path d="M1.5 6.2a9 9 0 0 1 4-2.1m4.5-.2a9 9 0 0 1 4.5 2.3M4 9a6 6 0 0 1 3-1.6M11.5 8.6 12 9M8 12.4v.1M2 2l12 12" />
  ),
  close: <path d="m4 4 8 8m0-8-8 8" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </>
  ),
  arrow: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  key: (
    <>
      <circle cx="5.5" cy="10.5" r="3" />
      <path d="m7.7 8.3 5.8-5.8M11 5l2 2" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
    </>
  ),
  moon: <path d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z" />,
  screen: <path d="M2 3h12v8H2ZM5.5 13.5h5" />,
  keyboard: <path d="M1.5 4h13v8h-13ZM4 6.5h.1M6.6 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.5 9.5h7" />,
  copy: <path d="M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3" />,
  file: <path d="M3.5 1.5h6l3 3v10h-9ZM9.5 1.5v3h3" />,
};

/** Says nothing to a screen reader: a word stands beside it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="hw-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {PATHS[name]}
    </svg>
  );
}
