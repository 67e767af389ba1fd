/** What every part of the page works with. Made once, in main. */
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Haltwatch } from "../api/haltwatch.ts";
import type { Api } from "../api/http.ts";
import type { Tokens } from "../api/tokens.ts";
import type { Live } from "../live/live.ts";
import type { OpenedFile } from "../pages/dashboards/opened-file.ts";
import type { Dialogs } from "./dialogs.ts";
import type { Kept } from "./kept.ts";
import type { Router } from "./router.ts";
import type { Theme } from "./theme.ts";
import type { Toasts } from "./toasts.ts";

export interface Page {
  readonly api: Api;
  readonly haltwatch: Haltwatch;
  readonly live: Live;
  readonly tokens: Tokens;
  readonly router: Router;
  readonly theme: Theme;
  readonly toasts: Toasts;
  readonly dialogs: Dialogs;
  /** The dashboard that was opened from a file. */
  readonly file: Signal<OpenedFile | undefined>;
  /** What a person has set here before: a name, a view. Nothing secret. */
  readonly kept: Kept;
}

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error("there is no page around this element");
  return page;
}
