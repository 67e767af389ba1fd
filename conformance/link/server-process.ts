/**
 * Haltwatch's end of the link in a process of its own, so that it can be killed and stopped: API, store, link, and a guard that
 * does what the test says. Started by `fork`; tells what happens, and is told what to do, by messages.
 */
import { Registry } from "@haltwatch/bot";
import { Store } from "@haltwatch/store";
import { startApi } from "../../packages/server/src/api/index.ts";
import { LINK_PATH, LinkServer, sharedToken } from "../../packages/server/src/link/index.ts";
import { PlainGuard } from "../../packages/server/src/link/testing/plain-guard.ts";
import type { FromServer, StoredSamples, ToServer } from "./messages.ts";

const [port = "0", watched = "orders_failed_total", epoch = "0"] = process.argv.slice(2);

const store = new Store({ path: ":memory:", commitIntervalMs: 0 });
const guard = new PlainGuard(Number(epoch));
const registry = new Registry();
const link = new LinkServer({
  store,
  guard,
  watched: watched.split(","),
  authorize: sharedToken(process.env["LINK_TOKEN"] ?? "secret"),
  version: "test",
  registry,
  onSamples: (names, timeMs) => {
    const failed = names.has("orders_failed_total") ? total("orders_failed_total") : 0;
    if (failed > 0 && guard.pausesOnFailure)
      guard.pause({ scope: {}, state: "HALTED", reason: "orders fail", rule: "OrdersFail" });
    tell({ kind: "samples", names: [...names], timeMs });
  },
  onRefused: ({ code, bot, message }) => tell({ kind: "refused", code, bot, message }),
  onLink: ({ bot }, state, reason) => tell({ kind: "link", bot, state, reason }),
  onError: (error) => tell({ kind: "error", message: String(error instanceof Error ? error.stack : error) }),
});
guard.onAcknowledged = (bot, at, report) => tell({ kind: "acknowledged", bot, epoch: at, report });
const api = await startApi({
  host: "127.0.0.1",
  port: Number(port),
  routes: [],
  upgrades: new Map([[LINK_PATH, (request, socket, head) => link.upgrade(request, socket, head)]]),
});
process.on("message", (message: ToServer) => {
  switch (message.kind) {
    case "pause":
      guard.pause(message.pause);
      tell({ kind: "done", id: message.id, epoch: guard.epoch });
      return;
    case "arm":
      guard.arm();
      tell({ kind: "done", id: message.id, epoch: guard.epoch });
      return;
    case "pause-on-failure":
      guard.pausesOnFailure = true;
      tell({ kind: "done", id: message.id, epoch: guard.epoch });
      return;
    case "samples":
      tell({ kind: "stored", id: message.id, series: samples(message.name) });
      return;
    case "links":
      tell({ kind: "links", id: message.id, links: link.links(), rss: process.memoryUsage().rss });
      return;
    case "watch":
      link.watch(message.names);
      tell({ kind: "done", id: message.id, epoch: guard.epoch });
      return;
    case "stop":
      void stop(message.id);
      return;
    default:
      message satisfies never;
  }
});
process.on("disconnect", () => process.exit(0));
tell({ kind: "ready", port: api.port });

async function stop(id: number): Promise<void> {
  await link.stop();
  await api.stop();
  store.close();
  tell({ kind: "done", id, epoch: guard.epoch });
  process.disconnect?.();
}

function total(name: string): number {
  return samples(name).reduce((sum, { values }) => sum + (values.at(-1) ?? 0), 0);
}

function samples(name: string): StoredSamples[] {
  const matchers = [{ operator: "=", name: "__name__", value: name }] as const;
  const from = Date.now() - 3_600_000;
  return store.select(matchers, from, Date.now() + 60_000).map((series) => ({
    labels: series.labels.toObject(),
    times: [...series.times],
    values: [...series.values],
  }));
}

function tell(message: FromServer): void {
  process.send?.(message);
}
