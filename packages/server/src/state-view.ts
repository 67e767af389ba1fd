/** How things stand: what the API, the page and Haltwatch's own metrics show of targets, rules and pauses. */
import { errorLine } from "@haltwatch/bot";
import type { Guard, Pause } from "@haltwatch/guard";
import type { Alert } from "@haltwatch/rules";
import type { Store } from "@haltwatch/store";
import type { TargetsView } from "./api/index.ts";
import type { HomePageView } from "./home-page.ts";
import type { RuleManager } from "./rules/rule-manager.ts";
import type { ScrapeManager } from "./scrape/index.ts";

export interface StateSources {
  readonly store: Store;
  readonly scraping: ScrapeManager;
  readonly rules: RuleManager;
  readonly guard: Guard;
}

export class StateView {
  readonly #sources: StateSources;

  constructor(sources: StateSources) {
    this.#sources = sources;
  }

  targets(): TargetsView {
    const { scraping, store } = this.#sources;
    const { active, dropped } = scraping.targets();
    const { metadata } = store;
    return {
      active: active.map((target) => ({ ...target, lastScrapeDurationMs: target.lastScrapeSeconds * 1000, metadata })),
      dropped,
    };
  }

  targetCounts(): { up: number; down: number } {
    const { active } = this.#sources.scraping.targets();
    return {
      up: active.filter(({ health }) => health === "up").length,
      down: active.filter(({ health }) => health === "down").length,
    };
  }

  alertCounts(): { pending: number; firing: number } {
    const alerts = this.#alerts();
    return {
      pending: alerts.filter(({ state }) => state === "pending").length,
      firing: alerts.filter(({ state }) => state === "firing").length,
    };
  }

  /** A pause's rule fires as long as one of its alerts does. */
  isFiring({ rule }: Pause): boolean {
    return this.#sources.rules
      .groups()
      .some(({ alertingRules }) =>
        alertingRules.some((one) => one.name === rule && one.activeAlerts().some(({ state }) => state === "firing")),
      );
  }

  page(nowMs: number): HomePageView {
    const { guard, rules, scraping } = this.#sources;
    return {
      pauses: guard.pauses(),
      alerts: this.#alerts(),
      targets: scraping.targets().active.map((target) => ({ ...target, name: target.scrapeUrl })),
      failedRules: rules
        .groups()
        .flatMap((group) =>
          group.rules.flatMap(({ name, health }) =>
            health.kind === "err" ? [{ name, error: errorLine(health.error) }] : [],
          ),
        ),
      nowMs,
    };
  }

  #alerts(): Alert[] {
    return this.#sources.rules
      .groups()
      .flatMap(({ alertingRules }) => alertingRules.flatMap((rule) => rule.activeAlerts()));
  }
}
