import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { federateRoute } from "./federate.ts";
import { Parameters } from "./parameters.ts";

const NOW_MS = 1_700_000_000_000;

let store: Store;

beforeEach(() => {
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => NOW_MS });
});
afterEach(() => store.close());

function set(labels: Readonly<Record<string, string>>, value: number, timeMs = NOW_MS - 1000): void {
  store.append(store.series(Labels.from(labels)), timeMs, value);
}

async function asked(query: string, externalLabels: Readonly<Record<string, string>> = {}): Promise<string> {
  const route = federateRoute({ store, externalLabels: () => externalLabels, now: () => NOW_MS });
  const answer = await route.handle({
    ...{ method: "GET", headers: {}, pathValue: "", body: Buffer.alloc(0) },
    ...{ parameters: new Parameters(query), signal: new AbortController().signal },
  });
  return answer.kind === "text" ? answer.text : answer.kind;
}

test("E8 the newest sample of each series that is asked for, with its time, each once", async () => {
  set({ __name__: "b", bot: 'a"b\\c\nd' }, 1e21);
  set({ __name__: "a_total", instance: "i:1" }, 1, NOW_MS - 20_000);
  set({ __name__: "a_total", instance: "i:1" }, 2, NOW_MS - 5000);
  set({ __name__: "a_total", instance: "i:2" }, Number.NEGATIVE_INFINITY);
  set({ __name__: "c" }, 1);

  expect(await asked('match[]={__name__=~"a.*|b"}&match[]=b')).toBe(
    `# TYPE a_total untyped
a_total{instance="i:1"} 2 ${NOW_MS - 5000}
a_total{instance="i:2"} -Inf ${NOW_MS - 1000}
# TYPE b untyped
b{bot="a\\"b\\\\c\\nd",instance=""} 1e+21 ${NOW_MS - 1000}
`,
  );
});

test("E8 what has ended, is old, or cannot be written is left out", async () => {
  set({ __name__: "ended" }, 1, NOW_MS - 2000);
  store.appendStale(store.series(Labels.from({ __name__: "ended" })), NOW_MS - 1000);
  set({ __name__: "old" }, 1, NOW_MS - 301_000);
  set({ __name__: "näher" }, 1);
  set({ __name__: "here", "a.b": "c" }, 1);

  expect(await asked('match[]={__name__=~".%2B"}')).toBe("");
});

test("E8 external labels stand on what has none of the name", async () => {
  set({ __name__: "x", site: "own" }, 1);
  set({ __name__: "y" }, 1);

  const text = await asked('match[]={__name__=~"x|y"}', { site: "home", instance: "vps" });

  expect(text).toContain('x{site="own",instance="vps"} 1');
  expect(text).toContain('y{instance="vps",site="home"} 1');
});

test("E8 without match[] there is nothing, and a wrong one is refused", async () => {
  set({ __name__: "x" }, 1);

  expect(await asked("")).toBe("");
  await expect(asked("match[]={}")).rejects.toThrow(ApiError);
  await expect(asked("match[]=rate(x[1m])")).rejects.toThrow(/parse error/);
});
