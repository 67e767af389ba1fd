import { expect, test } from "vitest";
import type { Api, ApiParams } from "../api/http.ts";
import { readDashboard } from "../dashboard/read-dashboard.ts";
import { RequestQueue } from "../query/request-queue.ts";
import { inDependencyOrder, resolveVariables } from "./resolve-variables.ts";
import { readUrlState, writeUrlState } from "./url-state.ts";
import { type VariableStates, valueOfState } from "./variable-state.ts";

/** A server that remembers what it was asked. */
function server(answers: (path: string, params: ApiParams) => unknown): {
  readonly api: Api;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const refuse = (): Promise<never> => Promise.reject(new Error("not here"));
  const api: Api = {
    get: async (path, params = {}) => {
      asked.push(`${path} ${String(params["match[]"] ?? params["query"] ?? "")}`.trim());
      return answers(path, params);
    },
    post: refuse,
    delete: refuse,
    text: refuse,
  };
  return { api, asked };
}

async function resolve(
  list: readonly object[],
  api: Api,
  asked: Readonly<Record<string, readonly string[]>> = {},
): Promise<VariableStates> {
  const { variables } = readDashboard({ title: "T", panels: [], templating: { list } });
  return resolveVariables(
    variables,
    new Map(Object.entries(asked)),
    { api, queue: new RequestQueue(), range: { from: 0, to: 60_000 }, builtIn: {} },
    new AbortController().signal,
  );
}

test("a variable is asked after those that its query names, with what they stand for", async () => {
  const { api, asked } = server((path) => (path.includes("/venue/") ? ["dex", "cex"] : ["b1", "b2"]));

  const states = await resolve(
    [
      { type: "query", name: "venue", query: 'label_values(orders_total{bot=~"$bot"}, venue)', sort: 1 },
      {
        type: "query",
        name: "bot",
        query: { query: "label_values(orders_total, bot)", refId: "x" },
        multi: true,
        includeAll: true,
        current: { value: ["$__all"] },
      },
    ],
    api,
  );

  expect(asked).toEqual([
    "/api/v1/label/bot/values orders_total",
    '/api/v1/label/venue/values orders_total{bot=~"(b1|b2)"}',
  ]);
  expect(states.get("venue")?.chosen).toEqual(["cex"]);
  expect([...states.keys()]).toEqual(["venue", "bot"]);
});

test("regular expressions take parts and names, twins go, numbers sort as numbers", async () => {
  const { api } = server(() => ["a-10:x", "a-9:y", "b:z", "a-9:w"]);

  const states = await resolve(
    [{ type: "query", name: "v", query: "label_values(up, l)", regex: "/a-(?<value>\\d+):(?<text>.*)/", sort: 3 }],
    api,
  );

  expect(states.get("v")?.options).toEqual([
    { text: "x", value: "10" },
    { text: "y", value: "9" },
  ]);
});

test("each function of Prometheus variables", async () => {
  const { api, asked } = server((path) =>
    path === "/api/v1/query"
      ? { resultType: "vector", result: [{ metric: { __name__: "up", a: "b" }, value: [5, "1"] }] }
      : path === "/api/v1/series"
        ? [{ __name__: "up", job: "x" }]
        : ["node_cpu", "up"],
  );
  const options = async (query: string) =>
    (await resolve([{ type: "query", name: "v", query }], api)).get("v")?.options.map(({ value }) => value);

  expect(await options("label_names()")).toEqual(["node_cpu", "up"]);
  expect(await options("metrics(^node)")).toEqual(["node_cpu"]);
  expect(await options("query_result(up > 0)")).toEqual(['up{a="b"} 1 5000']);
  expect(await options("up")).toEqual(['up{job="x"}']);
  expect(await options("label_values(job)")).toEqual(["node_cpu", "up"]);
  expect(asked).toEqual([
    "/api/v1/labels",
    "/api/v1/label/__name__/values",
    "/api/v1/query up > 0",
    "/api/v1/series up",
    "/api/v1/label/job/values",
  ]);
});

test("choices: asked for, saved, first; all with its own value; several", async () => {
  const { api } = server(() => []);
  const custom = { type: "custom", name: "v", query: "one : 1, two : 2,three" };

  const first = await resolve([custom], api);
  const asked = await resolve([{ ...custom, multi: true }], api, { v: ["2", "three", "nowhere"] });
  const all = await resolve([{ ...custom, includeAll: true, allValue: ".*", current: { value: "$__all" } }], api);
  const saved = await resolve([{ ...custom, current: { value: "2" } }], api, { v: ["nowhere"] });

  expect(first.get("v")?.chosen).toEqual(["1"]);
  expect(asked.get("v")?.chosen).toEqual(["2", "three"]);
  expect([...all.values()].map(valueOfState)).toEqual([{ values: [".*"], texts: ["All"], raw: ".*", isMulti: true }]);
  expect(saved.get("v")?.chosen).toEqual(["2"]);
});

test("what is not supported says so, a fault stays in its variable, circles end", async () => {
  const { api } = server(() => {
    throw new Error("down");
  });

  const states = await resolve(
    [
      { type: "adhoc", name: "filters" },
      { type: "query", name: "a", query: "label_values(up{b='$b'}, a)" },
      { type: "query", name: "b", query: "label_values(up{a='$a'}, b)" },
      { type: "textbox", name: "text", query: "hello" },
      { type: "interval", name: "i", query: "1m,5m", auto: true, auto_count: 6, auto_min: "10s" },
    ],
    api,
  );

  expect(states.get("filters")?.problem).toContain("ad hoc filters are not supported");
  expect(states.get("a")?.problem).toBe("down");
  expect(states.get("text")?.chosen).toEqual(["hello"]);
  expect(states.get("i")?.options).toEqual([
    { text: "auto", value: "10s" },
    { text: "1m", value: "1m" },
    { text: "5m", value: "5m" },
  ]);
  expect(inDependencyOrder([...states.values()].map(({ variable }) => variable)).flat()).toHaveLength(5);
});

test("the address holds range, refresh and choices, and keeps what is not ours", async () => {
  const { api } = server(() => []);
  const variables = await resolve([{ type: "custom", name: "v", query: "a,b", multi: true }], api, { v: ["a", "b"] });

  const params = writeUrlState(new URLSearchParams("kiosk&from=old"), {
    range: { from: "now-1h", to: "now" },
    refresh: "5s",
    variables,
    viewPanel: undefined,
  });

  expect(params.toString()).toBe("kiosk=&from=now-1h&to=now&refresh=5s&var-v=a&var-v=b");
  expect(readUrlState(params)).toMatchObject({ range: { from: "now-1h", to: "now" }, refresh: "5s", isKiosk: true });
  expect(readUrlState(params).variables.get("v")).toEqual(["a", "b"]);
});
