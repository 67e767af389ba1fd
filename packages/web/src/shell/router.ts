/** Which page is shown: `#/alerts/FillRatioLow?state=firing`. There is one HTML file, so what follows # is all there is. */
import { type ReadonlySignal, signal } from "@preact/signals";

const PAGES = [
  "overview",
  "dashboards",
  "alerts",
  "explore",
  "journal",
  "heartbeat",
  "reports",
  "configuration",
  "targets",
  "what-if",
] as const;

export type PageName = (typeof PAGES)[number];

export interface Route {
  /** `undefined`: there is no such page. */
  readonly page: PageName | undefined;
  /** What stands after the page's name, decoded. */
  readonly rest: readonly string[];
  readonly params: URLSearchParams;
}

/** `""` and `#/` are the overview. */
export function readRoute(hash: string): Route {
  const [path = "", query = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  const [first = "", ...rest] = path.split("/").map(decoded);
  const page = first === "" ? "overview" : PAGES.find((name) => name === first);
  return { page, rest: rest.filter((part) => part !== ""), params: new URLSearchParams(query) };
}

export function routeHash(page: PageName, rest: readonly string[] = [], params?: URLSearchParams): string {
  const query = params?.toString() ?? "";
  const path = [page, ...rest.map(encodeURIComponent)].join("/");
  return `#/${path}${query === "" ? "" : `?${query}`}`;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export class Router implements Disposable {
  readonly #window: Window;
  readonly #route;
  readonly #onHashChange = (): void => {
    this.#route.value = readRoute(this.#window.location.hash);
  };

  constructor(window: Window) {
    this.#window = window;
    this.#route = signal(readRoute(window.location.hash));
    window.addEventListener("hashchange", this.#onHashChange);
  }

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  go(page: PageName, rest: readonly string[] = [], params?: URLSearchParams): void {
    this.#window.location.hash = routeHash(page, rest, params);
  }

  /** Other parameters of the same page. @param replace whether going back leaves the page */
  setParams(params: URLSearchParams, { replace }: { readonly replace: boolean }): void {
    const { page, rest } = this.#route.peek();
    const hash = routeHash(page ?? "overview", rest, params);
    if (hash === this.#window.location.hash) return;
    if (replace) {
      this.#window.history.replaceState(null, "", hash);
      this.#onHashChange();
    } else this.#window.location.hash = hash;
  }

  [Symbol.dispose](): void {
    this.#window.removeEventListener("hashchange", this.#onHashChange);
  }
}
