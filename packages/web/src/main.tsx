/** Starts the page: makes what its parts work with, and puts the shell into index.html. */
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/elements.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Haltwatch } from "./api/haltwatch.ts";
import { httpApi } from "./api/http.ts";
import { Tokens, tokenInHash } from "./api/tokens.ts";
import { ErrorBoundary } from "./elements/error-boundary.tsx";
import { Live } from "./live/live.ts";
import type { OpenedFile } from "./pages/dashboards/opened-file.ts";
import { Dialogs } from "./shell/dialogs.ts";
import { keptOr } from "./shell/kept.ts";
import { type Page, PageContext } from "./shell/page-context.ts";
import { Router } from "./shell/router.ts";
import { Shell } from "./shell/shell.tsx";
import { Theme } from "./shell/theme.ts";
import { Toasts } from "./shell/toasts.ts";

const root = document.getElementById("page");
if (root === null) throw new Error("index.html has a #page");

const kept = keptOr(() => localStorage);
const tokens = new Tokens(keptOr(() => sessionStorage));
/** Before anything else looks at the address: the token is in it no longer than this. */
function takeToken(): boolean {
  const given = tokenInHash(location.hash);
  if (given === undefined) return false;
  tokens.keep("control", given.token);
  history.replaceState(null, "", given.rest === "" ? location.pathname : given.rest);
  return true;
}
takeToken();
// An address with a token can also be opened in a tab that shows the page already.
window.addEventListener("hashchange", () => {
  if (takeToken()) live.reconnect();
});

const api = httpApi({
  token: (access) => tokens.for(access),
  onUnauthorized: (access) => {
    tokens.refused(access);
    // The stream was opened with a token that is taken no more: it says so to the person.
    if (access === "read" && live.state.peek().kind === "live") live.reconnect();
  },
});
const haltwatch = new Haltwatch(api);
const live = new Live({
  haltwatch,
  token: () => tokens.for("read"),
  fetch: (...args) => fetch(...args),
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  isHidden: () => document.hidden,
});
const page: Page = {
  api,
  haltwatch,
  live,
  tokens,
  router: new Router(window),
  theme: new Theme(kept, document.documentElement),
  toasts: new Toasts(),
  dialogs: new Dialogs(),
  file: signal<OpenedFile | undefined>(undefined),
  kept,
};

document.addEventListener("visibilitychange", () => live.wake());
window.addEventListener("online", () => live.reconnect());
live.start();

root.replaceChildren();
render(
  <PageContext.Provider value={page}>
    <ErrorBoundary what="The page">
      <Shell />
    </ErrorBoundary>
  </PageContext.Provider>,
  root,
);
