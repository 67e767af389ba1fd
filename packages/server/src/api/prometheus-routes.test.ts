import { Labels } from "@haltwatch/store";
import { describe, expect, test } from "vitest";
import { ApiFixture, asked, dataOf, NOW_MS } from "./testing/api-fixture.ts";

const RULES = `
groups:
  - name: first
    interval: 15s
    limit: 10
    rules:
      - alert: TooWide
        expr: spread>3
        for: 1m
        keep_firing_for: 5m
        labels: { severity: page, action: pause }
        annotations: { summary: "{{ $value }}" }
      - record: spread:sum
        expr: sum(spread)
        labels: { team: a }
  - name: second
    rules:
      - { alert: Wide, expr: spread > 1, labels: { severity: info } }
      - { alert: Broken, expr: "spread * on () group_left () spread" }
`;

function filled(): ApiFixture {
  const fixture = new ApiFixture();
  fixture.set({ __name__: "spread", venue: "cex" }, 2.5);
  fixture.set({ __name__: "spread", venue: "dex" }, 4);
  fixture.evaluate("a.yml", RULES);
  return fixture;
}

describe("rules", () => {
  test("are shown as Prometheus shows them", async () => {
    using fixture = filled();
    await using api = await fixture.start();
    const at = "2023-11-14T22:13:20Z";
    const health = { health: "ok", evaluationTime: 0, lastEvaluation: at };

    const { groups } = (await dataOf(api, "rules")) as { groups: unknown[] };

    expect(groups[0]).toEqual({
      name: "first",
      file: "a.yml",
      interval: 15,
      limit: 10,
      evaluationTime: 0,
      lastEvaluation: at,
      rules: [
        {
          state: "pending",
          name: "TooWide",
          query: "spread > 3",
          duration: 60,
          keepFiringFor: 300,
          labels: { action: "pause", severity: "page" },
          annotations: { summary: "{{ $value }}" },
          alerts: [
            {
              labels: { action: "pause", alertname: "TooWide", severity: "page", venue: "dex" },
              annotations: { summary: "4" },
              state: "pending",
              activeAt: at,
              value: "4e+00",
            },
          ],
          ...health,
          type: "alerting",
        },
        { name: "spread:sum", query: "sum(spread)", labels: { team: "a" }, ...health, type: "recording" },
      ],
    });
    expect(groups[1]).toMatchObject({
      rules: [{}, { health: "err", lastError: expect.stringContaining("duplicate") }],
    });
  });

  test("alerts are those that are pending or firing", async () => {
    using fixture = filled();
    await using api = await fixture.start();

    const { alerts } = (await dataOf(api, "alerts")) as { alerts: { labels: Record<string, string> }[] };

    expect(alerts.map(({ labels }) => `${labels["alertname"]} ${labels["venue"]}`)).toEqual([
      "TooWide dex",
      "Wide cex",
      "Wide dex",
    ]);
  });

  test.each([
    ["type=alert", ["TooWide", "Wide", "Broken"]],
    ["type=record", ["spread:sum"]],
    ["rule_name[]=Wide&rule_name[]=spread:sum", ["spread:sum", "Wide"]],
    ["rule_group[]=second", ["Wide", "Broken"]],
    ["file[]=b.yml", []],
    ['match[]={severity="page"}', ["TooWide"]],
    ['match[]={severity="page"}&match[]={team="a"}', ["TooWide", "spread:sum"]],
  ])("%s", async (query, names) => {
    using fixture = filled();
    await using api = await fixture.start();

    const { groups } = (await dataOf(api, `rules?${query}`)) as { groups: { rules: { name: string }[] }[] };

    expect(groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(names);
  });

  test("come in pages; without alerts if so asked", async () => {
    using fixture = filled();
    await using api = await fixture.start();
    type Page = { groups: { name: string; rules: { alerts?: unknown }[] }[]; groupNextToken?: string };

    const first = (await dataOf(api, "rules?group_limit=1&exclude_alerts=true")) as Page;
    const second = (await dataOf(api, `rules?group_limit=1&group_next_token=${first.groupNextToken}`)) as Page;

    expect([first, second].map(({ groups }) => groups.map(({ name }) => name))).toEqual([["first"], ["second"]]);
    expect(first.groups[0]?.rules[0]?.alerts).toBeNull();
    expect(second.groupNextToken).toBeUndefined();
  });

  test.each([
    ["exclude_alerts=x", /^invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool/],
    ["group_limit=0", /^invalid parameter "group_limit": group_limit needs to be greater than 0$/],
    ["group_limit=x", /group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax$/],
    ["group_limit=4294967296", /value out of range$/],
    ["group_next_token=x", /group_limit needs to be present in order to paginate over the groups$/],
    ["group_limit=1&group_next_token=x", /invalid group_next_token 'x'. were rule groups changed\?$/],
  ])("%s is refused", async (query, message) => {
    using fixture = filled();
    await using api = await fixture.start();

    const [status, body] = await asked(api, `/api/v1/rules?${query}`);

    expect([status, body]).toEqual([
      400,
      { status: "error", errorType: "bad_data", error: expect.stringMatching(message) },
    ]);
  });
});

test("targets, their metadata and pools", async () => {
  using fixture = new ApiFixture();
  const discoveredLabels = Labels.from({ __address__: "localhost:9898" });
  fixture.targets = {
    active: [
      {
        discoveredLabels,
        labels: Labels.from({ instance: "localhost:9898", job: "bot" }),
        scrapePool: "bot",
        scrapeUrl: "http://localhost:9898/metrics",
        globalUrl: "http://h:9898/metrics",
        health: "down",
        lastError: "connection refused",
        lastScrapeMs: NOW_MS + 250,
        lastScrapeDurationMs: 1.5,
        scrapeIntervalMs: 15_000,
        scrapeTimeoutMs: 10_000,
        metadata: new Map([["up", { type: "gauge", help: "Up.", unit: "" }]]),
      },
    ],
    dropped: [{ discoveredLabels, scrapePool: "old" }],
  };
  await using api = await fixture.start();

  expect(await dataOf(api, "targets")).toEqual({
    activeTargets: [
      {
        discoveredLabels: { __address__: "localhost:9898" },
        labels: { instance: "localhost:9898", job: "bot" },
        scrapePool: "bot",
        scrapeUrl: "http://localhost:9898/metrics",
        globalUrl: "http://h:9898/metrics",
        lastError: "connection refused",
        lastScrape: "2023-11-14T22:13:20.25Z",
        lastScrapeDuration: 0.0015,
        health: "down",
        scrapeInterval: "15s",
        scrapeTimeout: "10s",
      },
    ],
    droppedTargets: [{ discoveredLabels: { __address__: "localhost:9898" }, scrapePool: "old" }],
    droppedTargetCounts: { bot: 0, old: 1 },
  });
  expect(await dataOf(api, "targets?state=active&scrapePool=x")).toMatchObject({
    activeTargets: [],
    droppedTargets: [],
  });
  expect(await dataOf(api, 'targets/metadata?match_target={job="bot"}')).toEqual([
    { target: { instance: "localhost:9898", job: "bot" }, metric: "up", type: "gauge", help: "Up.", unit: "" },
  ]);
  expect(await dataOf(api, 'targets/metadata?match_target={job="x"}')).toEqual([]);
  expect(await dataOf(api, "scrape_pools")).toEqual({ scrapePools: ["bot", "old"] });
});

test("metadata, and labels whose names a URL cannot hold", async () => {
  using fixture = new ApiFixture();
  fixture.store.setMetadata("b_total", { type: "counter", help: "B.", unit: "" });
  fixture.store.setMetadata("a_seconds", { type: "gauge", help: "A.", unit: "seconds" });
  fixture.set({ __name__: "m", "http.status": "200" }, 1);
  await using api = await fixture.start();

  expect(await dataOf(api, "metadata?limit=1")).toEqual({
    a_seconds: [{ type: "gauge", help: "A.", unit: "seconds" }],
  });
  expect(await dataOf(api, "metadata?metric=b_total")).toEqual({
    b_total: [{ type: "counter", help: "B.", unit: "" }],
  });
  expect(await dataOf(api, "label/U__http_2e_status/values")).toEqual(["200"]);
});

test("limits cut, and say so", async () => {
  using fixture = filled();
  await using api = await fixture.start();
  const warnings = ["results truncated due to limit"];
  const show = async (path: string) => (await asked(api, `/api/v1/${path}`))[1];

  for (const path of ["query?query=spread", "series?match[]=spread", "labels?x", "label/venue/values?x"]) {
    expect(await show(`${path}&limit=1`), path).toMatchObject({ status: "success", warnings });
    expect(await show(`${path}&limit=2`), path).not.toHaveProperty("warnings");
  }
  expect(await show("query?query=1&limit=-1")).toMatchObject({
    error: 'invalid parameter "limit": limit must be non-negative',
  });
  expect(await show("labels?limit=x")).toMatchObject({
    error: 'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax',
  });
});

test("statistics if they are asked for, annotations where there are any, another lookback", async () => {
  using fixture = filled();
  fixture.set({ __name__: "old" }, 1, NOW_MS - 600_000);
  await using api = await fixture.start();

  expect(await dataOf(api, "query?query=spread&stats=1")).toMatchObject({
    stats: { timings: { execTotalTime: expect.any(Number) }, samples: { totalQueryableSamples: 2 } },
  });
  expect((await asked(api, "/api/v1/query?query=rate(spread[5m])"))[1]).toMatchObject({
    infos: [expect.stringMatching(/^PromQL info: metric might not be a counter.*"spread" \(1:6\)$/)],
  });
  expect(await dataOf(api, "query?query=old")).toMatchObject({ result: [] });
  expect(await dataOf(api, "query?query=old&lookback_delta=15m")).toMatchObject({ result: [{}] });
  expect((await asked(api, "/api/v1/query?query=old&lookback_delta=x"))[1]).toMatchObject({
    error: 'error parsing lookback delta duration: cannot parse "x" to a valid duration',
  });
});

test("what a query may not take is refused as Prometheus refuses it", async () => {
  using fixture = new ApiFixture();
  for (let i = 0; i < 100; i++) fixture.set({ __name__: "m", i: `${i}` }, i);
  await using small = await fixture.start({}, { maxSamples: 50 });
  await using hasty = await fixture.start({}, { timeoutMs: 0 });

  expect(await asked(small, "/api/v1/query?query=m")).toEqual([
    422,
    {
      status: "error",
      errorType: "execution",
      error: "query processing would load too many samples into memory in query execution",
    },
  ]);
  expect(await asked(hasty, "/api/v1/query?query=m")).toEqual([
    503,
    { status: "error", errorType: "timeout", error: "query timed out in query execution" },
  ]);
});

test("until it is ready it says so", async () => {
  using fixture = new ApiFixture();
  fixture.isReady = false;
  await using api = await fixture.start();
  const status = async (path: string) => (await fetch(`${api.url}${path}`)).status;

  expect([await status("/-/healthy"), await status("/-/ready"), await status("/api/v1/query?query=1")]).toEqual([
    200, 503, 503,
  ]);
  fixture.isReady = true;
  expect([await status("/-/ready"), await status("/api/v1/query?query=1")]).toEqual([200, 200]);
});

test("status: what Grafana and the curious ask", async () => {
  using fixture = filled();
  await using api = await fixture.start();

  expect(await dataOf(api, "status/buildinfo")).toMatchObject({ version: "3.5.0", revision: "abc" });
  expect(await dataOf(api, "status/config")).toEqual({ yaml: "global: {}\n" });
  expect(await dataOf(api, "status/flags")).toEqual({ "web.listen-address": "127.0.0.1:9099" });
  expect(await dataOf(api, "status/runtimeinfo")).toMatchObject({
    startTime: "2023-11-14T22:13:19Z",
    storageRetention: "30d",
  });
  expect(await dataOf(api, "status/tsdb?limit=1")).toEqual({
    headStats: { numSeries: 2, numLabelPairs: 3, chunkCount: 0, minTime: NOW_MS, maxTime: NOW_MS },
    seriesCountByMetricName: [{ name: "spread", value: 2 }],
    labelValueCountByLabelName: [{ name: "venue", value: 2 }],
    memoryInBytesByLabelName: [{ name: "__name__", value: 12 }],
    seriesCountByLabelValuePair: [{ name: "__name__=spread", value: 2 }],
  });
  expect(await dataOf(api, "alertmanagers")).toEqual({
    activeAlertmanagers: [{ url: "http://localhost:9093/api/v2/alerts" }],
    droppedAlertmanagers: [],
  });
});

test("a query as a tree", async () => {
  using fixture = new ApiFixture();
  await using api = await fixture.start();
  const query = encodeURIComponent('topk(2, rate(a{x!="1"}[5m] offset 1m)) / on (b) group_left (c) d @ start()');

  expect(await dataOf(api, `parse_query?query=${query}`)).toMatchObject({
    type: "binaryExpr",
    op: "/",
    bool: false,
    matching: { card: "many-to-one", on: true, labels: ["b"], include: ["c"] },
    lhs: {
      type: "aggregation",
      op: "topk",
      without: false,
      grouping: [],
      param: { type: "numberLiteral", val: "2" },
      expr: {
        type: "call",
        func: { name: "rate", argTypes: ["matrix"], variadic: 0, returnType: "vector" },
        args: [
          {
            type: "matrixSelector",
            name: "a",
            range: 300_000,
            offset: 60_000,
            matchers: [
              { name: "x", type: "!=", value: "1" },
              { name: "__name__", type: "=", value: "a" },
            ],
            timestamp: null,
            startOrEnd: null,
          },
        ],
      },
    },
    rhs: { type: "vectorSelector", name: "d", startOrEnd: "start" },
  });
});
