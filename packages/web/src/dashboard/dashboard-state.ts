/** What a dashboard that is open knows: its range, its variables, when it was last asked for, and when it will be. */
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import type { Api } from "../api/http.ts";
import type { Annotation } from "../panels/panel-body.ts";
import type { QueryContext } from "../query/panel-query.ts";
import { RequestQueue } from "../query/request-queue.ts";
import { readDuration } from "../time/duration-text.ts";
import { type RawRange, resolveRange, type TimeRange } from "../time/time-range.ts";
import { resolveVariables } from "../variables/resolve-variables.ts";
import { readUrlState, writeUrlState } from "../variables/url-state.ts";
import { lookupOf, type VariableStates } from "../variables/variable-state.ts";
import { annotationsOf } from "./annotation-query.ts";
import type { AnnotationQuery, Dashboard, VariableOption } from "./model.ts";
import { scrapeInterval } from "./scrape-interval.ts";

export interface DashboardStateOptions {
  readonly dashboard: Dashboard;
  readonly api: Api;
  readonly params: URLSearchParams;
  readonly onParamsChange?: ((params: URLSearchParams, options: { readonly replace: boolean }) => void) | undefined;
  /** Asked of the server where it is not given. */
  readonly scrapeIntervalMs?: number | undefined;
  readonly minStepMs?: number | undefined;
  readonly now?: (() => number) | undefined;
  /** Instead of setting the range. */
  readonly onZoom?: ((range: TimeRange) => void) | undefined;
}

/** One asking of all panels. */
export interface Tick {
  readonly count: number;
  readonly now: number;
  readonly range: TimeRange;
  /** Whether it came by itself: then what is under way is waited for. */
  readonly isAutomatic: boolean;
}

const LEAST_STEP_MS = 1000;
const LEAST_REFRESH_MS = 1000;

const NOTHING: ReadonlyMap<string, VariableOption> = new Map();

export class DashboardState {
  readonly dashboard: Dashboard;
  readonly api: Api;
  readonly queue = new RequestQueue();
  readonly rawRange = signal<RawRange>({ from: "now-6h", to: "now" });
  readonly refresh = signal("");
  /** `undefined` until all of them are known. */
  readonly variables = signal<VariableStates | undefined>(undefined);
  readonly tick = signal<Tick | undefined>(undefined);
  readonly annotations = signal<readonly Annotation[]>([]);
  /** Of annotation queries, by name. */
  readonly offAnnotations = signal<ReadonlySet<string>>(new Set());
  readonly viewPanel = signal<string | undefined>(undefined);
  readonly isPageVisible = signal(true);
  readonly lookup = computed(() => lookupOf(this.variables.value ?? new Map(), NOTHING, this.#builtIn()));

  readonly #options: DashboardStateOptions;
  #scrapeIntervalMs: number | undefined;
  readonly #minStepMs: number;
  readonly #asked = new Map<string, readonly string[]>();
  readonly #stops: (() => void)[] = [];
  #params: URLSearchParams;
  #resolving = new AbortController();
  #annotating = new AbortController();

  constructor(options: DashboardStateOptions) {
    this.#options = options;
    this.dashboard = options.dashboard;
    this.api = options.api;
    this.#scrapeIntervalMs = options.scrapeIntervalMs;
    this.#minStepMs = options.minStepMs ?? LEAST_STEP_MS;
    this.#params = options.params;
    const state = readUrlState(options.params);
    this.rawRange.value = state.range ?? options.dashboard.time;
    this.refresh.value = state.refresh ?? options.dashboard.refresh;
    this.viewPanel.value = state.viewPanel;
    for (const [name, values] of state.variables) this.#asked.set(name, values);
    const off = options.dashboard.annotations.filter(({ isEnabled }) => !isEnabled).map(({ name }) => name);
    this.offAnnotations.value = new Set(off);
  }

  /** Begins to ask; {@link stop} ends it. */
  start(): void {
    const onVisibility = (): void => {
      this.isPageVisible.value = document.visibilityState === "visible";
    };
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    this.#stops.push(() => document.removeEventListener("visibilitychange", onVisibility));
    this.#stops.push(effect(() => this.#schedule(readDuration(this.refresh.value), this.isPageVisible.value)));
    void this.#resolve();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#resolving.abort();
    this.#annotating.abort();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  setRange(range: RawRange): void {
    this.rawRange.value = range;
    this.#tellParams(false);
    const dependsOnTime = this.dashboard.variables.some(
      ({ refreshesOnTime, auto }) => refreshesOnTime || auto !== undefined,
    );
    if (dependsOnTime) void this.#resolve();
    else this.ask();
  }

  zoom({ from, to }: TimeRange): void {
    if (this.#options.onZoom !== undefined) {
      this.#options.onZoom({ from, to });
      return;
    }
    this.setRange({ from: String(from), to: String(to) });
  }

  setRefresh(refresh: string): void {
    this.refresh.value = refresh;
    this.#tellParams(true);
  }

  setVariable(name: string, values: readonly string[]): void {
    this.#asked.set(name, values);
    void this.#resolve().then(() => this.#tellParams(false));
  }

  setViewPanel(id: string | undefined): void {
    this.viewPanel.value = id;
    this.#tellParams(false);
  }

  toggleAnnotations(name: string): void {
    const off = this.offAnnotations.value;
    this.offAnnotations.value = off.has(name)
      ? new Set([...off].filter((one) => one !== name))
      : new Set([...off, name]);
    void this.#annotate();
  }

  /** Whatever was asked with other params is asked again. @param params from the address, changed by somebody else */
  takeParams(params: URLSearchParams): void {
    if (params.toString() === this.#params.toString()) return;
    this.#params = params;
    const state = readUrlState(params);
    batch(() => {
      this.rawRange.value = state.range ?? this.dashboard.time;
      this.refresh.value = state.refresh ?? this.refresh.value;
      this.viewPanel.value = state.viewPanel;
    });
    for (const [name, values] of state.variables) this.#asked.set(name, values);
    void this.#resolve();
  }

  /** Asks all panels again. */
  ask({ isAutomatic = false } = {}): void {
    // Queries without their variables' values would be others: these come first, and then ask.
    if (untracked(() => this.variables.value) === undefined) return;
    const now = this.now();
    const before = untracked(() => this.tick.value);
    const range = resolveRange(
      untracked(() => this.rawRange.value),
      now,
      this.dashboard.timeZone,
    );
    this.tick.value = { count: (before?.count ?? 0) + 1, now, range, isAutomatic };
    void this.#annotate();
  }

  now(): number {
    return (this.#options.now ?? Date.now)();
  }

  get params(): URLSearchParams {
    return this.#params;
  }

  /** @param scope values that hold in one panel alone */
  queryContext(
    { range, now }: Pick<Tick, "range" | "now">,
    points: number,
    scope: ReadonlyMap<string, VariableOption>,
  ): QueryContext {
    return {
      api: this.api,
      queue: this.queue,
      range,
      now,
      timeZone: this.dashboard.timeZone,
      points,
      lookup: lookupOf(untracked(() => this.variables.value) ?? new Map(), scope, this.#builtIn()),
      // Nothing is asked before it is known.
      scrapeIntervalMs: this.#scrapeIntervalMs ?? 0,
      minStepMs: this.#minStepMs,
    };
  }

  #builtIn(): Readonly<Record<string, string>> {
    const { title, uid } = this.dashboard;
    const range = untracked(() => this.tick.value?.range);
    return {
      __dashboard: title,
      "__dashboard.uid": uid,
      __timezone: this.dashboard.timeZone,
      __url_time_range: range === undefined ? "" : `from=${range.from}&to=${range.to}`,
      __from: String(range?.from ?? ""),
      __to: String(range?.to ?? ""),
    };
  }

  async #resolve(): Promise<void> {
    this.#resolving.abort();
    this.#resolving = new AbortController();
    const { signal: called } = this.#resolving;
    const range = resolveRange(this.rawRange.value, this.now(), this.dashboard.timeZone);
    try {
      const [states, interval] = await Promise.all([
        resolveVariables(
          this.dashboard.variables,
          this.#asked,
          { api: this.api, queue: this.queue, range, builtIn: this.#builtIn() },
          called,
        ),
        this.#scrapeIntervalMs ?? scrapeInterval(this.api, called),
      ]);
      this.#scrapeIntervalMs = interval;
      batch(() => {
        this.variables.value = states;
        this.ask();
      });
    } catch (error) {
      if (!called.aborted) throw error;
    }
  }

  async #annotate(): Promise<void> {
    this.#annotating.abort();
    this.#annotating = new AbortController();
    const { signal: called } = this.#annotating;
    const tick = untracked(() => this.tick.value);
    const on = this.dashboard.annotations.filter(({ name }) => !untracked(() => this.offAnnotations.value).has(name));
    if (tick === undefined || (on.length === 0 && this.annotations.value.length === 0)) return;
    const context = this.queryContext(tick, 1000, NOTHING);
    // A fault here costs marks, not the panels: each is left out on its own.
    const found = await Promise.all(
      on.map((query: AnnotationQuery) => annotationsOf(query, context, called).catch(() => [])),
    );
    if (called.aborted) return;
    // The same ones again would have every chart drawn once more.
    const next = found.flat();
    if (JSON.stringify(next) !== JSON.stringify(untracked(() => this.annotations.value))) this.annotations.value = next;
  }

  /** A page that nobody sees asks nothing; when it is seen again, it asks at once. */
  #schedule(interval: number | undefined, isVisible: boolean): (() => void) | undefined {
    if (interval === undefined || !isVisible) return undefined;
    const last = untracked(() => this.tick.value?.now);
    if (last !== undefined && this.now() - last >= interval) this.ask({ isAutomatic: true });
    const timer = setInterval(() => this.ask({ isAutomatic: true }), Math.max(LEAST_REFRESH_MS, interval));
    return () => clearInterval(timer);
  }

  #tellParams(replace: boolean): void {
    const params = writeUrlState(this.#params, {
      range: this.rawRange.value,
      refresh: this.refresh.value,
      variables: this.variables.value ?? new Map(),
      viewPanel: this.viewPanel.value,
    });
    this.#params = params;
    this.#options.onParamsChange?.(params, { replace });
  }
}
