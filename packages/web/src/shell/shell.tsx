/** What is around every page: navigation, the state of things, dialogs, messages, keys. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorBoundary } from "../elements/error-boundary.tsx";
import { severityTone } from "../elements/health.tsx";
import { Icon } from "../elements/icon.tsx";
import { PageView } from "../pages/page-view.tsx";
import { ArmDialog } from "./arm-dialog.tsx";
import { DropZone } from "./drop-zone.tsx";
import { showFavicon } from "./favicon.ts";
import { HelpDialog } from "./help-dialog.tsx";
import { LastSample } from "./last-sample.tsx";
import { Navigation } from "./navigation.tsx";
import { usePage } from "./page-context.ts";
import { PauseDialog } from "./pause-dialog.tsx";
import { isTypingIn, PAGE_KEYS, Shortcuts } from "./shortcuts.ts";
import { SilenceDialog } from "./silence-dialog.tsx";
import { type Standing, standingOf } from "./standing.ts";
import { StateBanner } from "./state-banner.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { ToastRegion } from "./toast-region.tsx";
import { TokenDialog } from "./token-dialog.tsx";

/** How long the focus may be nowhere, milliseconds. */
const FOCUS_MS = 50;

export function Shell(): JSX.Element {
  const { dialogs, live, router } = usePage();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const standing = useStanding();
  const { page, params } = router.route.value;
  const isKiosk = params.has("kiosk") && params.get("kiosk") !== "false";
  useTitle(standing);
  useFocusOnNavigation();
  useFocusKept();
  useKeys();
  useNews();
  return (
    <div class={`hw-shell${isKiosk ? " hw-shell-kiosk" : ""}`}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place on the page, and what follows # in the address is the page's name */}
      <a
        class="hw-skip"
        href="#content"
        onClick={(event) => {
          // The address stays: what follows # is the page's name.
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class={`hw-top hw-tone-${standing.tone}`}>
        <a class="hw-brand" href="#/overview">
          <span class={`hw-brand-mark hw-tone-${standing.tone}`} aria-hidden="true" />
          Haltwatch
        </a>
        <button
          type="button"
          class="hw-button hw-menu-button"
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
          Menu
        </button>
        <nav id="navigation" class={`hw-nav${isMenuOpen ? " hw-nav-open" : ""}`} aria-label="Pages">
          <Navigation onGo={() => setMenuOpen(false)} />
          <div class="hw-nav-foot">
            <ThemeSwitch />
            <button
              type="button"
              class="hw-button hw-button-bare"
              title="Token"
              aria-label="Token…"
              onClick={() => dialogs.show({ kind: "token", access: "control", why: "" })}
            >
              <Icon name="key" />
            </button>
            <button
              type="button"
              class="hw-button hw-button-bare"
              title="Keyboard (?)"
              aria-label="Keyboard shortcuts…"
              onClick={() => dialogs.show({ kind: "help" })}
            >
              <Icon name="keyboard" />
            </button>
          </div>
        </nav>
        <LastSample />
      </header>
      <div class="hw-body">
        <StateBanner standing={standing} />
        <main id="content" tabIndex={-1} class={live.isStale.value ? "hw-main hw-stale" : "hw-main"} data-page={page}>
          <ErrorBoundary key={page} what="This page">
            <PageView />
          </ErrorBoundary>
        </main>
      </div>
      <DropZone />
      <ToastRegion />
      <OpenDialog />
      <div class="hw-hidden" role="alert">
        {standing.tone === "ok" || standing.tone === "unknown" ? "" : withoutAges(standing.headline)}
      </div>
    </div>
  );
}

/** A screen reader is told once, not with every second that passes. */
function withoutAges(text: string): string {
  return text.replace(/,? ?(?:since|for) \d+ (?:ms|s|min|h|d)/, "");
}

function useStanding(): Standing {
  const { live } = usePage();
  const state = live.state.value;
  return standingOf({
    state,
    isStale: live.isStale.value,
    silentMs: "sinceMs" in state ? live.monotonicAge(state.sinceMs) : 0,
    overview: live.overview.value,
    pauses: live.pauses.value,
    beat: live.beat.value,
    fault: live.fault.value,
    nowMs: live.nowMs.value,
  });
}

function useTitle({ tone, short }: Standing): void {
  const { router } = usePage();
  const { page } = router.route.value;
  const title = PAGE_KEYS.find((one) => one.page === page)?.title ?? "Not found";
  useEffect(() => {
    document.title = tone === "ok" ? `${title} · Haltwatch` : `${short} · ${title} · Haltwatch`;
  }, [tone, short, title]);
  useEffect(() => showFavicon(document, tone), [tone]);
}

/** Whoever goes to another page with a keyboard or a screen reader is at its heading. */
function useFocusOnNavigation(): void {
  const { page } = usePage().router.route.value;
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [page]);
}

/**
 * A button that somebody stands on may go with the next answer, or move with its card. Without this a keyboard would begin again at
 * the top of the page.
 */
function useFocusKept(): void {
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    let last: Element | undefined;
    document.addEventListener("focusin", ({ target }) => (last = target instanceof Element ? target : undefined), {
      signal,
    });
    // Whoever points elsewhere leaves it.
    document.addEventListener("pointerdown", () => (last = undefined), { signal });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restore = (): void => {
      timer = undefined;
      if (last === undefined || document.activeElement !== document.body) return;
      const next = last.isConnected ? last : document.getElementById("content");
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    };
    // A dialog that closes gives the focus back by itself, a moment later.
    const observer = new MutationObserver(() => {
      if (document.activeElement === document.body) timer ??= setTimeout(restore, FOCUS_MS);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      ended.abort();
      clearTimeout(timer);
      observer.disconnect();
    };
  }, []);
}

function useKeys(): void {
  const { dialogs, live, router } = usePage();
  useEffect(() => {
    const shortcuts = new Shortcuts();
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = dialogs.open.peek() !== undefined || isTypingIn(event.composedPath());
      const { key, ctrlKey, altKey, metaKey, timeStamp } = event;
      const shortcut = shortcuts.press({ key, ctrlKey, altKey, metaKey, isTyping, timeMs: timeStamp });
      if (shortcut === undefined) return;
      event.preventDefault();
      if (shortcut.kind === "help") dialogs.show({ kind: "help" });
      else if (shortcut.kind === "pause") dialogs.show({ kind: "pause", scope: "all" });
      else if (shortcut.kind === "arm") dialogs.show({ kind: "arm", scope: "" });
      else if (shortcut.page !== "what-if" || live.overview.peek()?.is_demo === true) router.go(shortcut.page);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [dialogs, live, router]);
}

/** What has just happened, as messages. */
function useNews(): void {
  const { dialogs, live, toasts } = usePage();
  const restart = live.restart.value;
  useEffect(() => {
    if (restart === undefined) return;
    if (restart.isUpdate) {
      const action = { text: "Reload", act: () => window.location.reload() };
      toasts.show({ tone: "info", text: `Haltwatch is now version ${restart.version}: load the page again.`, action });
    } else toasts.show({ tone: "info", text: "Haltwatch was started again. Everything was loaded anew." });
  }, [restart, toasts]);
  useEffect(
    () =>
      live.listen((event) => {
        if (event.kind === "pause") {
          const { scope, rule, by, reason } = event.pause;
          toasts.show({ tone: "paused", text: `${scope} was paused by ${rule ?? by}: ${reason}` });
        } else if (event.kind === "arm")
          toasts.show({ tone: "ok", text: `${event.scopes.join(", ")} was armed by ${event.by}: ${event.reason}` });
        else if (event.kind === "alert" && event.state === "firing" && severityTone(event.severity) === "critical") {
          const { bot, source, rule } = event.labels;
          const at = bot ?? source;
          const of = rule === undefined ? "" : ` (${rule})`;
          toasts.show({ tone: "critical", text: `${event.name}${of} fires${at === undefined ? "" : ` at ${at}`}` });
        } else if (event.kind === "config") {
          toasts.show({ tone: "info", text: `The configuration has changed: ${event.changes.slice(0, 3).join("; ")}` });
        }
      }),
    [live, toasts],
  );
  const { kind } = live.state.value;
  useEffect(() => {
    // What somebody is writing is not taken from them: the band says it, too.
    if (kind !== "unauthorized" || dialogs.open.peek() !== undefined) return;
    dialogs.show({
      kind: "token",
      access: "read",
      why: "Haltwatch wants a token, or does not take the one it was given any more.",
    });
  }, [kind, dialogs]);
}

function OpenDialog(): JSX.Element | null {
  const open = usePage().dialogs.open.value;
  switch (open?.kind) {
    case undefined:
      return null;
    case "pause":
      return <PauseDialog scope={open.scope} />;
    case "arm":
      return <ArmDialog scope={open.scope} />;
    case "silence":
      return <SilenceDialog labels={open.labels} />;
    case "token":
      return <TokenDialog access={open.access} why={open.why} />;
    case "help":
      return <HelpDialog />;
    default:
      return open satisfies never;
  }
}
