/**
 * prom-client's calls, which its forks and ours have too: one text measures all of them, each in a process of its own.
 */
import type * as PromClient from "prom-client";

export type PromClientApi = Pick<typeof PromClient, "Counter" | "Gauge" | "Histogram" | "Registry">;

const LOADERS: ReadonlyMap<string, () => Promise<unknown>> = new Map<string, () => Promise<unknown>>([
  ["@haltwatch/bot", () => import("@haltwatch/bot")],
  ["prom-client", () => import("prom-client")],
  ["@prometheus-io/client", () => import("@prometheus-io/client")],
  ["@platformatic/prom-client", () => import("@platformatic/prom-client")],
]);

/** Packages with these calls. Ours is first. */
export const PROM_CLIENTS: readonly string[] = [...LOADERS.keys()];

export async function loadPromClient(name: string): Promise<PromClientApi> {
  const load = LOADERS.get(name);
  if (load === undefined) throw new Error(`there is no client "${name}"`);
  return (await load()) as PromClientApi; // the forks kept the calls, and ours has those used here
}
