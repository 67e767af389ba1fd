/**
 * Orchestrators as this server has them: configured, logged, journalled, measured, shown. What they do is the guard's package's
 * business.
 */
import { type Counter, errorLine, type Gauge, type JsonLog, type Registry } from "@haltwatch/bot";
import {
  type Guard,
  type OrchestratorEvent,
  type OrchestratorSettings,
  type OrchestratorStatus,
  Orchestrators,
  printScope,
} from "@haltwatch/guard";
import { SYSTEM_METRICS } from "@haltwatch/packs";
import type { Store } from "@haltwatch/store";
import type { Route } from "../api/index.ts";
import { SYSTEM_CLOCK } from "../scrape/index.ts";
import type { Secrets } from "../secrets/index.ts";
import type { OrchestratorConfig } from "./orchestrator-config.ts";
import { orchestratorFetch } from "./orchestrator-fetch.ts";
import { orchestratorSettings } from "./orchestrator-settings.ts";

export interface OrchestrationOptions {
  readonly guard: Guard;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly log: JsonLog;
  readonly registry: Registry;
  /** An orchestrator has said that this bot trades no more, for the pauses up to this epoch. */
  readonly onPaused: (bot: string, epoch: number) => void;
}

/** What of the configuration is about orchestrators. */
interface OrchestrationConfig {
  readonly orchestrators: readonly OrchestratorConfig[];
}

const STOP_BY_HAND = "Stop the bot by hand, then see to its orchestrator";

/** Pauses by this name are for what only a person can know: what was paused when. */
const LOST_HISTORY = "guard:lost-history";

export class Orchestration implements Disposable {
  readonly #options: OrchestrationOptions;
  readonly #orchestrators: Orchestrators;
  readonly #failures: Counter<"orchestrator">;

  /** @throws {StoreError} if what was asked of orchestrators before cannot be read */
  constructor(options: OrchestrationOptions) {
    this.#options = options;
    const { guard, store, log, registry } = options;
    this.#orchestrators = new Orchestrators({
      guard,
      tables: store.tables,
      fetch: orchestratorFetch,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      onEvent: (event) => this.#on(event),
      onError: (error) => log.error("orchestrators_not_on_disk", { error: this.#line(error) }),
    });
    this.#failures = registry.counter(SYSTEM_METRICS.orchestratorFailures);
    const confirmed: Gauge<"orchestrator"> = registry.gauge({
      ...SYSTEM_METRICS.orchestratorConfirmed,
      collect: () => {
        confirmed.reset();
        for (const { name, progress } of this.#orchestrators.status()) {
          const isOpen = progress?.confirmation === "pending" || progress?.confirmation === "unconfirmed";
          confirmed.labels(name).set(isOpen ? 0 : 1);
        }
      },
    });
  }

  /**
   * Reads the secrets of what is configured.
   *
   * @returns brings it in force, which cannot fail
   * @throws {SecretError} if a secret is missing; what was in force stays
   */
  prepare({ orchestrators }: OrchestrationConfig): () => void {
    const { secrets } = this.#options;
    const settings = orchestrators.map((config): OrchestratorSettings => orchestratorSettings(config, secrets));
    return () => this.#orchestrators.apply(settings);
  }

  routes(): Route[] {
    const redact = (text: string): string => this.#redacted(text);
    return [
      {
        methods: ["GET"],
        path: "/api/haltwatch/orchestrators",
        access: "read",
        doc: { summary: "What each orchestrator was asked for, and whether it confirmed it" },
        handle: () => ({ kind: "data", data: this.#orchestrators.status().map((one) => shown(one, redact)) }),
      },
    ];
  }

  /** In the order of the configuration. */
  status(): readonly OrchestratorStatus[] {
    return this.#orchestrators.status();
  }

  /** Asks nobody any more. To be called before the store is closed. */
  [Symbol.dispose](): void {
    this.#orchestrators[Symbol.dispose]();
  }

  #on(event: OrchestratorEvent): void {
    const { log } = this.#options;
    const { name } = event;
    switch (event.kind) {
      case "confirmed": {
        const { wish, how, tookMs } = event;
        const took_ms = Math.round(tookMs * 10) / 10;
        const did = DONE[wish.action];
        const bot = this.#orchestrators.status().find((one) => one.name === name)?.scope.bot;
        if (wish.action === "pause" && how === "confirmed" && bot !== undefined)
          this.#options.onPaused(bot, wish.epoch);
        log.warn(`orchestrator_${did}`, {
          orchestrator: name,
          confirmed: how === "confirmed",
          took_ms,
          epoch: wish.epoch,
        });
        this.#note(`${did} by ${name}, ${how === "confirmed" ? "confirmed" : "sent, not confirmed"}`, wish.reason, {
          ...{ orchestrator: name, epoch: wish.epoch, took_ms },
        });
        break;
      }
      case "unconfirmed": {
        const { wish, afterMs, failure } = event;
        const did = DONE[wish.action];
        const details = {
          orchestrator: name,
          after_ms: afterMs,
          error: this.#redacted(failure.message),
          epoch: wish.epoch,
        };
        const hint = wish.action === "resume" ? "See to the orchestrator, or resume the bot by hand" : STOP_BY_HAND;
        log.error(`orchestrator_not_${did}`, { ...details, hint });
        this.#note(`${name} has not ${did} its bot, or cannot say so`, wish.reason, details);
        break;
      }
      case "attempt-failed":
        this.#failures.labels(name).inc();
        log.warn("orchestrator_request_failed", {
          ...{
            orchestrator: name,
            action: event.wish.action,
            attempt: event.attempt,
            error: this.#redacted(event.failure.message),
          },
        });
        break;
      case "drifted": {
        const { wish, failure } = event;
        const details = { orchestrator: name, error: this.#redacted(failure.message), epoch: wish.epoch };
        this.#failures.labels(name).inc();
        log.error("orchestrator_drifted", { ...details, hint: `It is asked again. ${STOP_BY_HAND} if it goes on` });
        this.#note(`${name} was to stay ${DONE[wish.action]}, and does not`, wish.reason, details);
        break;
      }
      case "given-up":
        log.error("orchestrator_resume_without_effect", { orchestrator: name, hint: "Resume the bot by hand" });
        break;
      case "left-paused":
        log.warn("orchestrator_left_paused", { orchestrator: name, hint: "It is armed: resume the bot by hand" });
        break;
      case "removed-while-paused":
        log.warn("orchestrator_removed_while_paused", { orchestrator: name, hint: "Its bot stays as it is" });
        break;
      case "lost-history":
        this.#pauseForLostHistory(event);
        break;
      default:
        event satisfies never;
    }
  }

  #pauseForLostHistory({ name, scope, epoch }: OrchestratorEvent & { readonly kind: "lost-history" }): void {
    const { guard, log } = this.#options;
    const reason = `${name} was asked to pause for what is not in this file: Haltwatch died before it was written, or the file is older`;
    const pause = { scope, state: "HALTED", reason, by: "haltwatch", rule: LOST_HISTORY } as const;
    try {
      guard.pause({ ...pause, timeMs: Date.now(), aboveEpoch: epoch });
    } catch (error) {
      log.error("pause_not_on_disk", { error: this.#line(error) }); // the pause holds: it is the disk that failed
    }
  }

  #line(error: unknown): string {
    return this.#redacted(errorLine(error));
  }

  /** Other programs' words, which may repeat what they were sent. */
  #redacted(text: string): string {
    return this.#options.secrets.redact(text);
  }

  /** Into the journal; where the disk fails, the log is told. */
  #note(what: string, why: string, data: Readonly<Record<string, string | number>>): void {
    const { guard, log } = this.#options;
    try {
      guard.journal.append({ timeMs: Date.now(), kind: "note", who: "haltwatch", what, why, data });
    } catch (error) {
      log.error("journal_failed", { error: this.#line(error) });
    }
  }
}

const DONE = { pause: "paused", reduce: "reduced", resume: "resumed" } as const;

/** As people and programs read it. */
function shown({ name, scope, state, progress }: OrchestratorStatus, redact: (text: string) => string): object {
  const wanted = progress === undefined ? {} : shownProgress(progress, redact);
  return { name, scope: printScope(scope), state, ...wanted };
}

function shownProgress(
  progress: NonNullable<OrchestratorStatus["progress"]>,
  redact: (text: string) => string,
): object {
  const { wish, sinceMs, confirmation, confirmedMs, attempts, lastFailure } = progress;
  return {
    wanted: wish.action,
    epoch: wish.epoch,
    reason: wish.reason,
    since: timeText(sinceMs),
    confirmation,
    ...(confirmedMs === undefined ? {} : { confirmed: timeText(confirmedMs) }),
    attempts,
    ...(lastFailure === undefined
      ? {}
      : { lastError: redact(lastFailure.message), lastErrorTime: timeText(lastFailure.timeMs) }),
  };
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
