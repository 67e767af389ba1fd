/**
 * One scrape for a bot of several worker threads or cluster processes: asks all of them, merges, and renders.
 *
 * What a process has counted stays when it ends, so that no counter falls; its gauges go. A worker that does not answer
 * in time is shown as it was last known. Costs the bot nothing between scrapes but what its workers send once a second.
 */
import { HaltwatchError, MetricError } from "../errors.ts";
import type { ExpositionFormat } from "../exposition/format.ts";
import { renderHead } from "../exposition/metadata.ts";
import { renderFamily } from "../exposition/render-family.ts";
import type { Family } from "../registry/family.ts";
import type { MetricSource, Registry } from "../registry/registry.ts";
import { seriesCount } from "./lasting-families.ts";
import type { ClusterWorker, ThreadWorker } from "./member-link.ts";
import { type MergedFamilies, mergeFamilies, mergeInSteps } from "./merge-families.ts";
import { PoolMember } from "./pool-member.ts";
import { type Tell, tellerOf } from "./teller.ts";
import { Turns } from "./turns.ts";

/** How long a scrape waits for a worker, milliseconds. */
const MEMBER_TIMEOUT_MS = 1000;

/** Most workers of a pool at one time. */
const MAX_MEMBERS = 1024;

/** Most series sets remembered of workers that have ended. */
const MAX_RETIRED_SERIES = 100_000;

/** Text is handed on in pieces of about this many characters. */
const CHUNK_CHARACTERS = 32_768;

/** So many series are rendered in one go. */
const SERIES_A_SLICE = 64;

export interface RegistryPoolOptions {
  /** How long a scrape waits for a worker, milliseconds (default 1,000). Below the scraper's own timeout. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The metrics of this process and of all workers that share theirs (`shareRegistry`). Without workers, it gives exactly
 * what its registry gives.
 *
 * @example
 * const pool = new RegistryPool(registry);
 * pool.add(new Worker(new URL("./strategy.ts", import.meta.url)));
 * cluster.on("fork", (worker) => pool.add(worker));
 * const monitoring = await startMonitoring("config/monitoring.toml", { source: () => pool });
 */
export class RegistryPool implements MetricSource {
  readonly #registry: Registry;
  readonly #timeoutMs: number;
  readonly #tell: Tell;
  readonly #members = new Map<ThreadWorker | ClusterWorker, PoolMember>();
  /** What workers that have ended had counted, all together. */
  #retired: readonly Family[] = [];
  #hadMembers = false;

  /** @throws {HaltwatchError} `BAD_TIME` */
  constructor(registry: Registry, options: RegistryPoolOptions = {}) {
    this.#registry = registry;
    this.#timeoutMs = options.timeoutMs ?? MEMBER_TIMEOUT_MS;
    if (!(this.#timeoutMs >= 1 && this.#timeoutMs < 2 ** 31)) {
      throw new HaltwatchError("BAD_TIME", `timeoutMs is ${this.#timeoutMs}`, {
        key: "timeoutMs",
        hint: `Give milliseconds, 1 or more (default ${MEMBER_TIMEOUT_MS})`,
      });
    }
    this.#tell = tellerOf(registry);
  }

  /**
   * Takes a worker in, right after it was made; it is forgotten when it ends. What it shares shows as soon as it shares.
   * Call `worker.unref()`, if at all, after this.
   *
   * @param worker of `node:worker_threads` or `node:cluster`; one that is in already, or has ended, changes nothing
   */
  add(worker: ThreadWorker | ClusterWorker): void {
    if (this.#members.has(worker)) return;
    if (this.#members.size >= MAX_MEMBERS) {
      this.#tell(
        new HaltwatchError("TOO_MANY_MEMBERS", `a pool has reached its ${MAX_MEMBERS} workers`, {
          hint: "Further ones are not shown: start fewer",
        }),
      );
      return;
    }
    const member = new PoolMember(worker, {
      tell: this.#tell,
      render: (format) => this.renderChunks(format),
      onGone: () => this.#retire(worker),
    });
    if (!member.isAlive) {
      member.stop();
      return;
    }
    this.#hadMembers = true;
    this.#members.set(worker, member);
  }

  /** The whole exposition as one text; text format 0.0.4 unless said otherwise. */
  async metrics(format: ExpositionFormat = "text"): Promise<string> {
    let text = "";
    for await (const chunk of this.renderChunks(format)) text += chunk;
    return text;
  }

  async *renderChunks(format: ExpositionFormat): AsyncGenerator<string> {
    if (!this.#hadMembers) {
      yield* this.#registry.renderChunks(format);
      return;
    }
    const turns = new Turns();
    const { families, conflicts } = await this.#merged(turns);
    for (const { metric, why } of conflicts) {
      this.#tell(
        new MetricError("MERGE_CONFLICT", `metric "${metric}" cannot be merged: ${why}`, {
          metric,
          hint: "The main process's, or else the oldest worker's, is shown: define it alike in all processes",
        }),
      );
    }
    let text = "";
    for (const family of families) {
      for (const slice of slices(family)) {
        text += renderSlice(family, slice, format, this.#registry.createdTimestamps);
        if (text.length >= CHUNK_CHARACTERS) {
          yield text;
          text = "";
        }
        if (turns.isOver()) await turns.next();
      }
    }
    if (format === "openmetrics") text += "# EOF\n";
    yield text;
  }

  /** Lets go of all workers. The pool then gives what its registry gives. Any number of times. */
  stop(): void {
    for (const member of this.#members.values()) member.stop();
    this.#members.clear();
    this.#retired = [];
    this.#hadMembers = false;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Asks everybody, and merges what they tell. */
  async #merged(turns: Turns): Promise<MergedFamilies> {
    const asked = [...this.#members.values()].map((member) => member.ask(this.#timeoutMs));
    const [main, ...answers] = await Promise.all([this.#registry.snapshot(), ...asked]);
    // Taken in one go: a worker that ends while this gives way must not count twice, among its like and the retired.
    const retired = this.#retired;
    const members = [...this.#members.values()];
    const lists: (readonly Family[])[] = [main];
    for (const member of members) {
      lists.push(member.families());
      await turns.next();
    }
    const answering = answers.filter((hasAnswered) => hasAnswered).length;
    const steps = mergeInSteps([...lists, retired, [this.#processes(answering)]]);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (turns.isOver()) await turns.next();
    }
  }

  #processes(answering: number): Family {
    return {
      name: "haltwatch_bot_processes",
      help: "Worker threads and processes that told their metrics for this scrape, the main process not counted.",
      type: "gauge",
      aggregation: "sum",
      series: [{ labels: this.#registry.defaultLabels, value: answering }],
    };
  }

  #retire(worker: ThreadWorker | ClusterWorker): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    this.#members.delete(worker);
    const { families } = mergeFamilies([this.#retired, member.families()]);
    if (seriesCount(families) <= MAX_RETIRED_SERIES) {
      this.#retired = families;
      return;
    }
    this.#tell(
      new HaltwatchError("TOO_MANY_SERIES", `workers that have ended left more than ${MAX_RETIRED_SERIES} series`, {
        hint: "What this one had counted is forgotten: leave out labels that differ with each worker, such as a process's ID",
      }),
    );
  }
}

/** The series in pieces that are rendered in one go. */
function* slices(family: Family): Generator<Family> {
  for (let from = 0; from < family.series.length; from += SERIES_A_SLICE) {
    const series = family.series.slice(from, from + SERIES_A_SLICE);
    yield { ...family, series } as Family; // the family's own series: of its type
  }
}

/** As {@link renderFamily}; the head above the first slice only. */
function renderSlice(family: Family, slice: Family, format: ExpositionFormat, createdTimestamps: boolean): string {
  const text = renderFamily(slice, format, createdTimestamps);
  return slice.series[0] === family.series[0] ? text : text.slice(renderHead(family, format).length);
}
