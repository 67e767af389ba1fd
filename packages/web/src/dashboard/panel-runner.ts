/** One panel's asking: when it is in view, when the dashboard asks, once at a time. */
import { batch, effect, signal, untracked } from "@preact/signals";
import { type PanelData, PanelQuery } from "../query/panel-query.ts";
import type { DashboardState, Tick } from "./dashboard-state.ts";
import type { Panel } from "./model.ts";

/** A panel that becomes this much wider or narrower is asked for other points. */
const WIDTH_CHANGE = 1.3;

export class PanelRunner {
  readonly data = signal<PanelData | undefined>(undefined);
  /** Whether something that people asked for is under way: refreshes that come by themselves are not told. */
  readonly isLoading = signal(false);
  /** Whether what is shown is older than the last asking: that one failed. */
  readonly isStale = signal(false);
  readonly #state: DashboardState;
  readonly #query = new PanelQuery();
  readonly #isVisible = signal(false);
  readonly #points = signal(0);
  readonly #panel = signal<Panel | undefined>(undefined);
  readonly #stop: () => void;
  #controller = new AbortController();
  #isAsking = false;
  #askedFor: { readonly count: number; readonly panel: Panel; readonly points: number } | undefined;

  constructor(state: DashboardState) {
    this.#state = state;
    this.#stop = effect(() => {
      const tick = state.tick.value;
      const panel = this.#panel.value;
      const points = this.#points.value;
      if (tick === undefined || panel === undefined || !this.#isVisible.value || points <= 0) return;
      const asked = this.#askedFor;
      if (asked !== undefined && asked.count === tick.count && asked.panel === panel && asked.points === points) return;
      untracked(() => void this.#ask(tick, panel, points));
    });
  }

  setPanel(panel: Panel): void {
    this.#panel.value = panel;
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible.value = isVisible;
  }

  /** @param width in CSS pixels */
  setWidth(width: number): void {
    const before = this.#points.peek();
    if (width <= 0 || (before > 0 && width < before * WIDTH_CHANGE && width > before / WIDTH_CHANGE)) return;
    this.#points.value = Math.max(50, Math.round(width));
  }

  stop(): void {
    this.#stop();
    this.#controller.abort();
  }

  async #ask(tick: Tick, panel: Panel, points: number): Promise<void> {
    // A slow server would never answer one that is called off each second.
    if (this.#isAsking && tick.isAutomatic && this.#askedFor?.panel === panel) return;
    this.#askedFor = { count: tick.count, panel, points };
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal: called } = this.#controller;
    this.#isAsking = true;
    if (!tick.isAutomatic) this.isLoading.value = true;
    try {
      const context = this.#state.queryContext(tick, points, panel.scope);
      const data = await this.#query.run(panel, context, called);
      const before = this.data.value;
      const failed = data.frames.length === 0 && data.problems.length > 0;
      const isStale = failed && before !== undefined && before.frames.length > 0;
      batch(() => {
        this.isStale.value = isStale;
        this.data.value = isStale ? { ...before, problems: data.problems } : data;
      });
    } catch (error) {
      if (!called.aborted) throw error;
    } finally {
      if (!called.aborted) {
        this.#isAsking = false;
        this.isLoading.value = false;
      }
    }
  }
}
