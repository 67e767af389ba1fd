/**
 * Draws pictures of alerts and reports, one after the other, in a worker. A message never waits for its picture longer than agreed: it
 * then goes without. A worker that hangs, dies or grows is replaced.
 */
import { Worker } from "node:worker_threads";
import { type AlertChart, boundedChart } from "./alert-chart.ts";
import type { FromWorker, ToDraw, ToWorker } from "./picture-message.ts";
import { boundedReport, type ReportPicture } from "./report-picture.ts";

export type PictureOutcome =
  | { readonly kind: "drawn"; readonly png: Uint8Array }
  /** Why there is none: too many wait; it took too long; it cannot be drawn; the painter is stopped. */
  | { readonly kind: "none"; readonly why: "busy" | "late" | "failed" | "stopped"; readonly fault: string };

export interface PicturePainterOptions {
  /** Longest that a picture is waited for, milliseconds (default 2,000): its turn, and its drawing. */
  readonly deadlineMs?: number;
  /** Most that wait for their turn (default 32). */
  readonly maxWaiting?: number;
  /** Takes secrets out of all that is written (default: nothing is taken out). */
  readonly redact?: (text: string) => string;
  /** Where the worker's code is; another one in tests. */
  readonly worker?: URL;
}

const DEFAULTS = { deadlineMs: 2000, maxWaiting: 32 };

/** After so many pictures a worker is replaced: memory that is not JavaScript's is not given back before. */
const MAX_PICTURES = 200;

/** Most memory of a worker's heap, MiB. Over it, the thread ends, and this process does not. */
const MAX_HEAP_MB = 128;

/** A worker that does not even begin is not tried again for so long, milliseconds. */
const REST_MS = 30_000;

interface Job {
  readonly id: number;
  readonly what: ToDraw;
  readonly timer: NodeJS.Timeout;
  readonly settle: (outcome: PictureOutcome) => void;
}

export class PicturePainter implements AsyncDisposable {
  readonly #options: Required<Omit<PicturePainterOptions, "worker" | "redact">>;
  readonly #redact: (text: string) => string;
  readonly #code: URL;
  readonly #waiting: Job[] = [];
  #drawing: Job | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #drawn = 0;
  #nextId = 1;
  #restUntil = 0;
  #stopped = false;
  readonly #ending = new Set<Promise<unknown>>();

  constructor({ redact = (text) => text, worker, ...options }: PicturePainterOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#redact = redact;
    this.#code = worker ?? workerCode();
  }

  /** Begins to load fonts and code, some 300 ms in the worker; whoever draws before it is done waits for it. */
  warmUp(): void {
    if (!this.#stopped && this.#worker === undefined && performance.now() >= this.#restUntil) this.#start();
  }

  /**
   * A PNG, 1,260 pixels wide, or why there is none; it never throws, and answers within the deadline.
   *
   * @example
   * const picture = await painter.draw(chart);
   * if (picture.kind === "drawn") shelf.put(picture.png, Date.now());
   */
  draw(chart: AlertChart): Promise<PictureOutcome> {
    return this.#draw(() => ({ chart: boundedChart(chart, this.#redact) }));
  }

  /** The same for a report. */
  drawReport(report: ReportPicture): Promise<PictureOutcome> {
    return this.#draw(() => ({ report: boundedReport(report, this.#redact) }));
  }

  /** Whatever is not drawn yet goes without. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const job of [this.#drawing, ...this.#waiting.splice(0)]) {
      job?.settle(none("stopped", "it stopped before the picture was drawn"));
    }
    this.#drawing = undefined;
    this.#end();
    await Promise.all(this.#ending);
  }

  #draw(bounded: () => ToDraw): Promise<PictureOutcome> {
    if (this.#stopped) return Promise.resolve(none("stopped", "no more pictures are drawn"));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.resolve(none("busy", `${this.#waiting.length} pictures wait already`));
    }
    return new Promise((resolve) => {
      const id = this.#nextId++;
      const timer = setTimeout(() => this.#late(id), this.#options.deadlineMs);
      const settle = (outcome: PictureOutcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#waiting.push({ id, what: bounded(), timer, settle });
      this.#next();
    });
  }

  #next(): void {
    if (this.#drawing !== undefined || this.#waiting.length === 0) return;
    if (this.#worker === undefined) {
      if (performance.now() < this.#restUntil) {
        for (const job of this.#waiting.splice(0))
          job.settle(none("failed", "pictures could not be drawn a moment ago"));
        return;
      }
      this.#start();
    }
    if (!this.#isReady) return;
    this.#drawing = this.#waiting.shift();
    if (this.#drawing === undefined) return;
    const { id, what } = this.#drawing;
    this.#worker?.postMessage({ id, ...what } satisfies ToWorker);
  }

  #start(): void {
    // A process's own flags, such as a test runner's, are not the worker's.
    const worker = new Worker(this.#code, {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    worker.unref();
    worker.on("message", (message: FromWorker) => {
      if (worker === this.#worker) this.#hear(message);
    });
    worker.on("error", (error) => this.#died(worker, String(error)));
    worker.on("exit", (code) => this.#died(worker, `its worker ended with code ${code}`));
    this.#worker = worker;
    this.#isReady = false;
    this.#drawn = 0;
  }

  #hear(message: FromWorker): void {
    if (message.kind === "ready") {
      this.#isReady = true;
      this.#next();
      return;
    }
    const job = this.#drawing;
    if (job?.id !== message.id) return;
    this.#drawing = undefined;
    job.settle(message.kind === "drawn" ? { kind: "drawn", png: message.png } : none("failed", message.fault));
    this.#drawn += 1;
    if (this.#drawn >= MAX_PICTURES) {
      this.#end();
      this.#start();
    }
    this.#next();
  }

  /** One that waits leaves its place; one that is drawn takes its worker with it. */
  #late(id: number): void {
    const fault = `it was not drawn within ${this.#options.deadlineMs} ms`;
    const at = this.#waiting.findIndex((job) => job.id === id);
    if (at >= 0) {
      this.#waiting.splice(at, 1)[0]?.settle(none("late", fault));
      return;
    }
    const job = this.#drawing;
    if (job?.id !== id) return;
    this.#drawing = undefined;
    this.#end();
    job.settle(none("late", fault));
    this.#next();
  }

  #died(worker: Worker, fault: string): void {
    if (worker !== this.#worker) return;
    const hadBegun = this.#isReady;
    const job = this.#drawing;
    this.#drawing = undefined;
    this.#end();
    if (!hadBegun) this.#restUntil = performance.now() + REST_MS;
    job?.settle(none("failed", fault));
    // Without a worker that begins, those that wait would wait for nothing.
    if (!hadBegun) for (const waiting of this.#waiting.splice(0)) waiting.settle(none("failed", fault));
    this.#next();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    if (worker === undefined) return;
    const ending = worker.terminate().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

/** Beside this file, which is TypeScript in development and JavaScript once it is built. */
function workerCode(): URL {
  return import.meta.url.endsWith(".ts")
    ? new URL("./picture-worker.ts", import.meta.url)
    : new URL("./picture-worker.js", import.meta.url);
}

function none(why: "busy" | "late" | "failed" | "stopped", fault: string): PictureOutcome {
  return { kind: "none", why, fault };
}
