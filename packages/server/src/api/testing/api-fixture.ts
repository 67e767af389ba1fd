/** The API over a store and rules of a test's own, without a server and with one. */
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import type { ApiSources } from "../api-sources.ts";
import { prometheusRoutes } from "../prometheus-routes.ts";
import type { QueryOptions } from "../queries.ts";
import { type ApiOptions, type ApiServer, startApi } from "../server.ts";

/** The fixture's time, Unix milliseconds. */
export const NOW_MS = 1_700_000_000_000;

export class ApiFixture implements Disposable {
  readonly store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => NOW_MS });
  groups: RuleGroup[] = [];
  isReady = true;
  targets: ReturnType<ApiSources["targets"]> = { active: [], dropped: [] };

  readonly sources: ApiSources = {
    store: this.store,
    rules: () => this.groups,
    targets: () => this.targets,
    alertmanagers: () => ["http://localhost:9093/api/v2/alerts"],
    config: () => "global: {}\n",
    flags: () => ({ "web.listen-address": "127.0.0.1:9099" }),
    runtime: () => ({
      hostname: "h",
      workingDirectory: "/",
      isConfigGood: true,
      configTimeMs: NOW_MS,
      retention: "30d",
    }),
    build: { version: "0.1.0", revision: "abc", date: "20231114" },
    isReady: () => this.isReady,
    now: () => NOW_MS,
    startTimeMs: NOW_MS - 1000,
  };

  set(labels: Readonly<Record<string, string>>, value: number, timeMs = NOW_MS): void {
    this.store.append(this.store.series(Labels.from(labels)), timeMs, value);
  }

  /** Groups of a rule file, each evaluated once now. */
  evaluate(file: string, yaml: string): void {
    const sink = { append: () => undefined, appendStale: () => undefined };
    for (const config of parseRuleFile(yaml, file).groups) {
      const group = new RuleGroup(file, config, {
        reader: this.store,
        sink,
        defaultIntervalMs: 60_000,
        stopwatch: () => 0,
      });
      group.evaluate(NOW_MS);
      this.groups.push(group);
    }
  }

  start(options: Partial<ApiOptions> = {}, query: QueryOptions = {}): Promise<ApiServer> {
    return startApi({ host: "127.0.0.1", port: 0, routes: prometheusRoutes(this.sources, query), ...options });
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

/** An answer's status and its JSON. */
export async function asked(
  api: ApiServer,
  path: string,
  init?: RequestInit,
): Promise<[status: number, body: unknown]> {
  const response = await fetch(`${api.url}${path}`, init);
  const body: unknown = await response.json();
  return [response.status, body];
}

/** What a request's answer has under `data`. */
export async function dataOf(api: ApiServer, path: string): Promise<unknown> {
  const [status, body] = await asked(api, `/api/v1/${path}`);
  if (status !== 200 || body === null || typeof body !== "object" || !("data" in body))
    throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body.data;
}
