/** Haltwatch's end of telling people, with rules on a store in a file, and a server that takes what leaves. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { JsonLog } from "@haltwatch/bot";
import { Guard } from "@haltwatch/guard";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { notifySettings } from "../../packages/server/src/notify/notify-settings.ts";
import { Notifying } from "../../packages/server/src/notify/notifying.ts";
import { type AlertChange, AlertChanges } from "../../packages/server/src/rules/alert-changes.ts";
import { dataLooker } from "../../packages/server/src/rules/alert-data.ts";
import { StoreSink } from "../../packages/server/src/rules/store-sink.ts";
import { SYSTEM_CLOCK } from "../../packages/server/src/scrape/clock.ts";

const RULES = {
  groups: [
    {
      name: "bench",
      rules: [
        {
          alert: "LatencyHigh",
          expr: "latency_ms > 500",
          labels: { severity: "critical", action: "pause" },
          annotations: {
            summary: "orders of {{ $labels.bot }} at {{ $labels.venue }} take {{ $value }} ms",
            description: "The venue answers slowly, or the network does.",
            runbook_url: "https://runbooks.example/latency",
          },
        },
      ],
    },
  ],
};

/** In a thread of its own: what it costs is not ours. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer((request, response) => { request.resume().on("end", () => response.end("ok")); });
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export interface TellingOptions {
  /** Of the route. */
  readonly groupBy: readonly string[];
  /** Told of each request, before it leaves. */
  readonly onRequest: () => void;
}

export class Telling implements AsyncDisposable {
  readonly notifying: Notifying;
  readonly #folder = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  readonly #store = new Store({ path: join(this.#folder, "bench.db") });
  readonly #server: Worker;
  readonly #group: RuleGroup;
  readonly #changes: AlertChanges;

  private constructor(server: Worker, port: number, { groupBy, onRequest }: TellingOptions) {
    const store = this.#store;
    this.#server = server;
    const [config] = parseRuleFile(JSON.stringify(RULES), "rules.yml").groups;
    if (config === undefined) throw new Error("one group stands above");
    const sink = new StoreSink(store);
    const group = new RuleGroup("rules.yml", config, { reader: store, sink, defaultIntervalMs: 1_000 });
    group.startAfresh();
    this.#group = group;
    this.#changes = new AlertChanges(dataLooker(store, () => [group]));
    const unset = {
      places: { file: undefined, placeOf: () => undefined, placeOfKey: () => undefined },
      readFile: never,
    };
    this.notifying = new Notifying({
      ...{ store, clock: SYSTEM_CLOCK, externalUrl: undefined, groups: () => [group], log: JsonLog.silent() },
      guard: new Guard(store.tables, { onListenerError: never }),
      settings: notifySettings(
        {
          notify: { group_wait: "0s", repeat_interval: "4h" },
          alertmanagers: [],
          route: { receiver: "all", group_by: groupBy, group_wait: "0s", group_interval: "1s" },
          receivers: [
            {
              name: "all",
              slack_configs: [{ api_url: "env:SLACK" }],
              webhook_configs: [{ url: `http://127.0.0.1:${port}/webhook` }],
            },
          ],
        },
        unset,
      ),
      secret: () => `http://127.0.0.1:${port}/slack`,
      redact: (text) => text,
      pageUrl: () => "http://localhost:9898",
      fetch: (url, init) => {
        onRequest();
        return fetch(url, init);
      },
    });
    this.notifying.start();
  }

  static async start(options: TellingOptions): Promise<Telling> {
    const server = new Worker(SERVER, { eval: true });
    const port = await new Promise<number>((resolve) => server.once("message", resolve));
    return new Telling(server, port, options);
  }

  /** What the rule finds when these bots are slow at these venues, and those before still are. */
  found(slow: readonly { readonly bot: string; readonly venue: string }[]): AlertChange[] {
    const nowMs = Date.now();
    for (const labels of slow)
      this.#store.append(this.#store.series(Labels.from({ __name__: "latency_ms", ...labels })), nowMs, 700);
    this.#group.evaluate(nowMs);
    return this.#changes.of(this.#group, nowMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.notifying[Symbol.asyncDispose]();
    this.#store.close();
    await this.#server.terminate();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function never(): never {
  throw new Error("this does not happen here");
}
