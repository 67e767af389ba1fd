/** Haltwatch's end of the link in a process of its own: `server-case.ts WATCHED,…`. Prints its port; pauses on what is watched. */
import { LINK_PATH, LinkServer, type PauseView, sharedToken, startApi } from "@haltwatch/server";
import { Store } from "@haltwatch/store";
import { PAUSED_BY, TOKEN } from "./cases.ts";

const [watched = ""] = process.argv.slice(2);
const store = new Store({ path: ":memory:", commitIntervalMs: 0 });
let epoch = 0;
let pauses: readonly PauseView[] = [];
let tell: () => void = () => undefined;
const link = new LinkServer({
  store,
  guard: {
    get epoch() {
      return epoch;
    },
    stateFor: () => pauses,
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
    // The trial is over: the next one begins.
    acknowledged: (_bot, _epoch, { stage }) => {
      if (stage === "done") change([]);
    },
  },
  watched: watched.split(","),
  authorize: sharedToken(TOKEN),
  version: "bench",
  onSamples: (names, timeMs) => {
    // In the place of a rule: what it costs is measured elsewhere.
    if (names.has(PAUSED_BY) && pauses.length === 0 && lastOf(PAUSED_BY, timeMs) > counted) {
      counted = lastOf(PAUSED_BY, timeMs);
      change([{ epoch: epoch + 1, scope: {}, state: "HALTED", reason: "bench", by: "bench", timeMs }]);
    }
  },
});
let counted = 0;
const api = await startApi({
  host: "127.0.0.1",
  port: 0,
  routes: [],
  upgrades: new Map([[LINK_PATH, (request, socket, head) => link.upgrade(request, socket, head)]]),
});
process.stdout.write(`${api.port}\n`);

function change(to: readonly PauseView[]): void {
  epoch += 1;
  pauses = to;
  tell();
}

function lastOf(name: string, timeMs: number): number {
  const [series] = store.select([{ name: "__name__", operator: "=", value: name }], timeMs - 60_000, timeMs);
  return series?.values.at(-1) ?? 0;
}
