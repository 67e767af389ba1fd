/**
 * The HTTP API beside a real Prometheus 2.42 that holds the same samples: some hundreds of requests, right and wrong, generated
 * from each endpoint's parameters, one of them changed at a time, by GET and by POST. Status, error type, message and data must
 * be the same, but for what is listed as different, with the reason. Ranges are asked for off the samples' grid: there
 * 2.42's closed windows do not show.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { prometheusRoutes, startApi } from "@haltwatch/server";
import { Labels, Store } from "@haltwatch/store";
import { expect } from "vitest";
import { peer, testWithPeer } from "./peers.ts";
import { startPrometheusWith } from "./real-prometheus.ts";

const START_S = 1_700_000_000;
const INTERVAL_S = 15;
const SAMPLES = 120;

/** Off the grid, and after the last sample of `ended`. */
const AT = `${START_S + 1207}.123`;

const SERIES: readonly (readonly [labels: Readonly<Record<string, string>>, valueAt: (i: number) => number])[] = [
  [{ __name__: "orders_total", venue: "cex", bot: "a" }, (i) => 20_000 + i * 2],
  [{ __name__: "orders_total", venue: "dex", bot: "b" }, (i) => 30_000 + i],
  [{ __name__: "spread", venue: "cex" }, (i) => i / 8 - 3],
  [{ __name__: "spread", venue: "dex" }, (i) => 1e-7 * (i + 1)],
  [{ __name__: "volume", venue: "<&>", note: "ünïcödé \u2028 \\ '" }, () => 1e21],
  [{ __name__: "volume", venue: "cex" }, () => 123_456_789_012],
  [{ __name__: "odd", kind: "nan" }, () => Number.NaN],
  [{ __name__: "odd", kind: "inf" }, () => Number.POSITIVE_INFINITY],
  [{ __name__: "odd", kind: "minus_inf" }, () => Number.NEGATIVE_INFINITY],
  [{ __name__: "odd", kind: "minus_zero" }, () => -0],
  [{ __name__: "ended", bot: "c" }, (i) => (i < 20 ? i : Number.NaN)],
];

interface Endpoint {
  readonly path: string;
  readonly methods: readonly ("GET" | "POST")[];
  readonly base: Readonly<Record<string, string | undefined>>;
  /** Each value takes the place of the base's, one at a time; `undefined` leaves the parameter out. */
  readonly variants: Readonly<Record<string, readonly (string | undefined)[]>>;
}

const BOTH = ["GET", "POST"] as const;
const GET = ["GET"] as const;

const TIMES = [
  ...[undefined, "", "0", "-1", "1e9", "1700000000", "1700000500.5", "1700000500.0005", "1700000500.9999", ".5", "5."],
  ...["1_700_000_500", "2023-11-14T22:20:00Z", "2023-11-14T22:20:00.25+01:00", "2023-11-14T22:20:00,5Z"],
  ...["x", "1.2.3", "2023-11-14", "2023-02-30T00:00:00Z", "2023-11-14t22:20:00z", "2023-11-14T25:00:00Z", " 5", "5s"],
  ...["-292273086-05-16T16:47:06Z", "292277025-08-18T07:12:54.999999999Z", "NaN", "Inf", "0x10"],
];
const DURATIONS = [undefined, "", "60", "1m", "1m30s", "0.5", "x", "1x", "5m5m", "-1", "0", "1e40", "NaN", "1h-1m"];

const QUERIES = [
  ...["spread", "orders_total", 'spread{venue="cex"}', '{__name__=~"or.*"}', "odd", "volume", "ended", "nothing"],
  ...["1", "-0.5", "1e-7", "1e21", "1e25", "1/0", "-1/0", "0/0", '"text"', '"<b>"', "vector(1)", "time() > 0"],
  ...["sum(spread)", "sum by (venue) (orders_total)", "rate(orders_total[5m])", "orders_total offset 1m"],
  ...["spread > 0", "spread > bool 0", "-spread", "topk(1, orders_total)", "absent(nothing)", "spread * 1e-9"],
  ...["histogram_quantile(0.9, nothing)", "count_values('v', volume)", "max_over_time(spread[2m:30s])"],
  ...["orders_total[61s]", "spread[20s] offset 5m"],
  ...[undefined, "", " ", "{}", "(", "sum(", "1 +", "spread{", "spread{venue}", 'spread{venue="cex"', "spread[5]"],
  ...["spread[5m", "rate(spread)", "sum(spread[5m])", "foo(spread)", "spread and 1", "'a' + 1", "spread offset", "#"],
  ...['{venue=~"("}', "spread @ x", "spread on (a) spread", "topk(spread)", "bool", "1 == 1", "spread{venue='a"],
  ...["orders_total + on(nope) spread", "label_replace(spread, 'a b', '', 'venue', '')", "scalar(spread) +"],
];

const SELECTORS = [
  ...["spread", '{venue="cex"}', '{venue!="cex",__name__=~".+"}', "nothing", "orders_total{bot=~'a|b'}", "odd"],
  ...[undefined, "", "{}", '{venue=""}', '{venue!~".+"}', "{", "spread{", "rate(spread[5m])", "spread[5m]", "1", "'a'"],
  ...["spread offset 5m", "spread or odd", "spread @ 5", "(spread)", "-spread", "spread + 1", '{venue=~"("}', "a b"],
];

const ENDPOINTS: readonly Endpoint[] = [
  {
    path: "query",
    methods: BOTH,
    base: { query: "spread", time: AT },
    variants: { query: QUERIES, time: TIMES, timeout: DURATIONS },
  },
  {
    path: "query_range",
    methods: BOTH,
    base: { query: "spread", start: `${START_S + 307}`, end: `${START_S + 907}.5`, step: "97" },
    variants: {
      query: QUERIES,
      start: TIMES.filter((time) => time === undefined || !/^(?:0|-1|1e9|\.5|5\.|)$/.test(time)),
      end: TIMES,
      step: [...DURATIONS, "0.0001", "0.05", "0.06", "601", "1e9"],
      timeout: DURATIONS,
    },
  },
  { path: "format_query", methods: BOTH, base: {}, variants: { query: QUERIES } },
  {
    path: "query_exemplars",
    methods: BOTH,
    base: { query: "spread", start: `${START_S}`, end: `${START_S + 900}` },
    variants: { query: ["1", "sum(spread)", "", undefined, "("], start: TIMES, end: TIMES },
  },
  {
    path: "series",
    methods: BOTH,
    base: { "match[]": "spread" },
    variants: { "match[]": SELECTORS, start: TIMES, end: TIMES },
  },
  { path: "labels", methods: BOTH, base: {}, variants: { "match[]": SELECTORS, start: TIMES, end: TIMES } },
  ...["1a", "a-b", "a%20b"].map((name) => ({
    path: `label/${name}/values`,
    methods: GET,
    base: {},
    variants: {},
  })),
  ...["venue", "__name__", "nothing", "bot"].map((name) => ({
    path: `label/${name}/values`,
    methods: GET,
    base: {},
    variants: { "match[]": SELECTORS, start: ["0", "x", "1800000000"], end: ["0", "x"] },
  })),
  {
    path: "metadata",
    methods: GET,
    base: {},
    variants: { metric: ["spread"], limit: ["", "0", "1", "-1", "x", "1.5"], limit_per_metric: ["1", "x", "-1"] },
  },
  { path: "targets", methods: GET, base: {}, variants: { state: ["active", "dropped", "any", "DROPPED", "x"] } },
  {
    path: "targets/metadata",
    methods: GET,
    base: {},
    variants: { limit: ["1", "x"], match_target: ["{job='a'}", "{", "up or up"], metric: ["spread"] },
  },
  { path: "rules", methods: GET, base: {}, variants: { type: ["", "alert", "record", "ALERT", "x"] } },
  { path: "alerts", methods: GET, base: {}, variants: {} },
  { path: "alertmanagers", methods: GET, base: {}, variants: {} },
  { path: "nothing", methods: BOTH, base: {}, variants: {} },
];

interface Request {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
}

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: {
    readonly status?: string;
    readonly errorType?: string;
    readonly error?: string;
    readonly data?: unknown;
  };
}

/** What 2.42's parser says, what ours says, and where the difference is from. */
const PARSER_MESSAGES: readonly (readonly [theirs: string, ours: string, why: string])[] = [
  ["in offset, expected duration", "in offset, expected number, duration", "3.x takes other things as an offset, too"],
  ["error parsing regexp", "error parsing regexp", "3.x reads patterns with the flag s"],
  ['unexpected "<Item', "unexpected <@>", "2.42 has no name for @"],
];

/** Where we are not as 2.42 is, and why. Each must be met, or it is one no longer. */
const DIFFERENCES: readonly {
  readonly why: string;
  readonly applies: (request: Request, ours: Answered, theirs: Answered) => boolean;
}[] = [
  {
    why: "NaN and infinity are no times, and hexadecimal ones are nobody's: we say so, Prometheus takes them for some other time",
    applies: ({ form }, ours) =>
      ["time", "start", "end"].some((name) => /^(?:NaN|Inf|0x10)$/.test(form.get(name) ?? "")) && ours.status === 400,
  },
  {
    why: "3.x takes a range in plain seconds, 2.42 only with a unit",
    applies: ({ form }, _, theirs) =>
      form.get("query") === "spread[5]" && theirs.body.error?.endsWith("missing unit character in duration") === true,
  },
  {
    why: "3.x wraps a range query's faults as a parameter's, 2.42 does not",
    applies: ({ path }, ours, theirs) =>
      path === "query_range" &&
      ours.status === 400 &&
      ours.body.error === `invalid parameter "query": ${theirs.body.error}`,
  },
  {
    why: "3.x takes any name of a label, 2.42 only [a-zA-Z_][a-zA-Z0-9_]*",
    applies: ({ path }, ours, theirs) =>
      /^label\/(?:1a|a-b|a%20b)\/values$/.test(path) && ours.status === 200 && theirs.status === 400,
  },
  {
    why: "3.x counts dropped targets",
    applies: ({ path }) => path === "targets",
  },
  {
    why: "3.x begins the message in lower case",
    applies: (_, ours, theirs) =>
      ours.status === 400 && ours.body.error === theirs.body.error?.replace("Invalid time value", "invalid time value"),
  },
  {
    why: "3.x takes any name of a label in label_replace",
    applies: ({ form }, ours, theirs) =>
      form.get("query")?.includes("'a b'") === true && ours.status === 200 && theirs.status === 422,
  },
  {
    why: "3.x takes limit_per_metric",
    applies: ({ form }, ours) => form.get("limit_per_metric") === "x" && ours.status === 400,
  },
  ...PARSER_MESSAGES.map(([theirs, ours, why]) => ({
    why,
    applies: (_: Request, mine: Answered, other: Answered) =>
      mine.status === 400 && mine.body.error?.includes(ours) === true && other.body.error?.includes(theirs) === true,
  })),
];

function requests(): Request[] {
  const all: Request[] = [];
  for (const { path, methods, base, variants } of ENDPOINTS) {
    for (const method of methods) {
      const add = (parameters: Readonly<Record<string, string | undefined>>) => {
        const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
        all.push({ method, path, form: new URLSearchParams(given) });
      };
      add(base);
      for (const [name, values] of Object.entries(variants))
        for (const value of values) add({ ...base, [name]: value });
    }
  }
  return all;
}

async function ask(server: string, { method, path, form }: Request): Promise<Answered> {
  const url = `${server}/api/v1/${path}`;
  const response = method === "GET" ? await fetch(`${url}?${form}`) : await fetch(url, { method, body: form });
  const type = response.headers.get("content-type");
  const text = await response.text();
  // Prometheus's own form, or no JSON at all.
  const body = type === "application/json" ? (JSON.parse(text) as Answered["body"]) : { data: text };
  return { status: response.status, type, body };
}

/** Of what has no order, as instant vectors, in one. */
function comparable({ status, type, body }: Answered): unknown {
  const { data } = body;
  const result = data !== null && typeof data === "object" && "result" in data ? data.result : data;
  const isUnordered = Array.isArray(result) && result.some((item) => typeof item === "object" && !Array.isArray(item));
  const sorted = isUnordered ? result.map((item) => JSON.stringify(item)).sort() : result;
  const resultType = data !== null && typeof data === "object" && "resultType" in data ? data.resultType : undefined;
  // Whether the queue or the engine sees first that no time is left is chance in Prometheus.
  const error = body.error?.replace("timed out in query queue", "timed out in query execution");
  return { status, type, body: { ...body, error, data: { resultType, result: sorted } } };
}

function openMetrics(): string {
  const families = Map.groupBy(SERIES, ([{ __name__: name = "" }]) => name);
  const shownValue = (value: number) =>
    Number.isFinite(value) ? (Object.is(value, -0) ? "-0" : `${value}`) : `${value}`.replace("Infinity", "Inf");
  const blocks = [...families].map(([name, series]) => {
    const lines = series.flatMap(([{ __name__: _, ...labels }, valueAt]) => {
      const shown = Object.entries(labels).map(([label, text]) => `${label}="${text.replaceAll("\\", "\\\\")}"`);
      return Array.from({ length: SAMPLES }, (_value, i) => {
        return `${name}{${shown.join()}} ${shownValue(valueAt(i))} ${START_S + i * INTERVAL_S}`;
      });
    });
    return `# TYPE ${name} unknown\n${lines.join("\n")}\n`;
  });
  return `${blocks.join("")}# EOF\n`;
}

function filledStore(): Store {
  const store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => (START_S + 3600) * 1000 });
  for (const [labels, valueAt] of SERIES) {
    const series = store.series(Labels.from(labels));
    for (let i = 0; i < SAMPLES; i++) store.append(series, (START_S + i * INTERVAL_S) * 1000, valueAt(i));
  }
  return store;
}

function startOurs(store: Store) {
  const routes = prometheusRoutes({
    store,
    rules: () => [],
    targets: () => ({ active: [], dropped: [] }),
    alertmanagers: () => [],
    config: () => "",
    flags: () => ({}),
    runtime: () => ({ hostname: "", workingDirectory: "", isConfigGood: true, configTimeMs: 0, retention: "30d" }),
    build: { version: "0.1.0", revision: "", date: "" },
    isReady: () => true,
    now: Date.now,
    startTimeMs: Date.now(),
  });
  return startApi({ host: "127.0.0.1", port: 0, routes });
}

testWithPeer("prometheus", "every request is answered as Prometheus answers it", async (binary) => {
  await using prometheus = await startPrometheusWith(binary, peer("promtool") ?? "promtool", openMetrics());
  using store = filledStore();
  await using api = await startOurs(store);
  const met = new Map<string, number>();
  const unexplained: string[] = [];
  const all = requests();

  for (const request of all) {
    const [ours, theirs] = await Promise.all([ask(api.url, request), ask(prometheus.url, request)]);
    const [mine, other] = [comparable(ours), comparable(theirs)];
    const [oursText, theirsText] = [JSON.stringify(mine), JSON.stringify(other)];
    if (oursText === theirsText) continue;
    const known = DIFFERENCES.find(({ applies }) => applies(request, ours, theirs));
    if (known !== undefined) met.set(known.why, (met.get(known.why) ?? 0) + 1);
    else
      unexplained.push(
        `${request.method} ${request.path}?${request.form}\n  ours   ${oursText}\n  theirs ${theirsText}`,
      );
  }

  expect(unexplained.join("\n")).toBe("");
  expect(all.length).toBeGreaterThan(700);
  expect([...met.keys()].sort()).toEqual(DIFFERENCES.map(({ why }) => why).sort());
});

testWithPeer(
  "prometheus",
  "methods, forms and paths that are wrong are refused as Prometheus refuses them",
  async (binary) => {
    await using prometheus = await startPrometheusWith(binary, peer("promtool") ?? "promtool", openMetrics());
    using store = filledStore();
    await using api = await startOurs(store);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const cases: readonly (readonly [path: string, init: RequestInit])[] = [
      ["query?query=1&time=5", { method: "PUT" }],
      ["query?query=1&time=5", { method: "DELETE" }],
      ["query?query=1&time=5", { method: "HEAD" }],
      ["query?query=1&time=5", { method: "OPTIONS" }],
      ["labels", { method: "PUT" }],
      ["metadata", { method: "POST" }],
      ["rules", { method: "POST" }],
      ["label/venue/values", { method: "POST" }],
      ["query?query=1&time=5", { method: "POST", headers: form, body: "query=2" }],
      ["query?query=1", { method: "POST", headers: form, body: "time=5" }],
      ["query?time=5", { method: "POST", headers: { "content-type": "text/plain" }, body: "query=2" }],
      ["query?query=%zz&time=5", {}],
      ["query?time=5&query=1;2", {}],
      ["query?time=5&query=1%2b1+%2B2", {}],
      ["series?match[]=spread&a=%zz", {}],
      ["series?match[]=spread&a=1;2", {}],
      ["series?match[]=spread&match[]=odd", {}],
      ["series", { method: "POST", headers: form, body: "match[]=spread&match[]=volume" }],
      ["labels?match[]=spread&match[]=odd", {}],
      ["label/venue/values?match[]=spread&match[]=volume", {}],
      ["nothing/at/all", {}],
    ];

    for (const [path, init] of cases) {
      const [mine, other] = await Promise.all(
        [api.url, prometheus.url].map(async (server) => {
          const response = await fetch(`${server}/api/v1/${path}`, init);
          const { status, headers } = response;
          const allowed = headers
            .get("allow")
            ?.split(", ")
            .filter((method) => method !== "OPTIONS");
          const text = await response.text();
          const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
          return { status, allowed: init.method === "OPTIONS" ? undefined : allowed, body };
        }),
      );
      expect(mine, `${init.method ?? "GET"} ${path}`).toEqual(other);
    }
  },
);

testWithPeer("promtool", "promtool's queries are answered", async (promtool) => {
  using store = filledStore();
  await using api = await startOurs(store);
  const run = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(promtool, ["query", ...args]);
    return stdout.trim();
  };
  const [start, end] = [`--start=${START_S}`, `--end=${START_S + 900}`];

  expect(await run("instant", `--time=${AT}`, api.url, "sum(orders_total)")).toBe(`{} => 50240 @[${AT}]`);
  expect(
    await run("range", `--start=${START_S}`, `--end=${START_S + 60}`, "--step=60s", api.url, 'spread{venue="cex"}'),
  ).toBe(`spread{venue="cex"} =>\n-3 @[${START_S}]\n-2.5 @[${START_S + 60}]`);
  expect(await run("series", start, end, "--match=spread", api.url)).toBe(
    '{__name__="spread", venue="cex"}\n{__name__="spread", venue="dex"}',
  );
  expect(await run("labels", start, end, api.url, "bot")).toBe("a\nb\nc");
});
