import { Labels } from "@haltwatch/store/labels";
import { describe, expect, test } from "vitest";
import { readAlertmanagerYml } from "../config/notify-config.ts";
import { receiversOf } from "./receivers-of.ts";
import type { Route } from "./route.ts";

/** Alertmanager's own tests: dispatch/route_test.go. */
const TREE = `
receivers: [{name: notify-def}, {name: notify-A}, {name: notify-testing}, {name: notify-productionA}, {name: notify-productionB}, {name: notify-BC}]
route:
  receiver: notify-def
  routes:
  - matchers: ['{owner="team-A"}', '{level!="critical"}']
    receiver: notify-A
    routes:
    - matchers: ['{env="testing"}', '{baz!~".*quux"}']
      receiver: notify-testing
      group_by: [...]
    - match: {env: production}
      receiver: notify-productionA
      group_wait: 1m
      continue: true
    - matchers: [ env=~"produ.*", job=~".*"]
      receiver: notify-productionB
      group_wait: 30s
      group_interval: 5m
      repeat_interval: 1h
      group_by: [job]
  - match_re: {owner: 'team-(B|C)'}
    group_by: [foo, bar]
    group_wait: 2m
    receiver: notify-BC
  - matchers: [group_by="role"]
    group_by: [role]
    routes:
    - matchers: ['{env="testing"}']
      receiver: notify-testing
      routes:
      - matchers: [wait="long"]
        group_wait: 2m
`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DEFAULTS = { groupBy: [] as string[] | "all", waitMs: 30_000, intervalMs: 5 * MINUTE, repeatMs: 4 * HOUR };
const OF_A = '{}/{level!="critical",owner="team-A"}';

interface Expected {
  readonly receiver: string;
  readonly key: string;
  readonly groupBy?: readonly string[] | "all";
  readonly waitMs?: number;
  readonly intervalMs?: number;
  readonly repeatMs?: number;
}

const CASES: readonly { readonly labels: Readonly<Record<string, string>>; readonly routes: readonly Expected[] }[] = [
  { labels: { owner: "team-A" }, routes: [{ receiver: "notify-A", key: OF_A }] },
  { labels: { owner: "team-A", env: "unset" }, routes: [{ receiver: "notify-A", key: OF_A }] },
  { labels: { owner: "team-A", level: "critical" }, routes: [{ receiver: "notify-def", key: "{}" }] },
  {
    labels: { owner: "team-C" },
    routes: [
      { receiver: "notify-BC", key: '{}/{owner=~"^(?:team-(B|C))$"}', groupBy: ["foo", "bar"], waitMs: 2 * MINUTE },
    ],
  },
  {
    labels: { owner: "team-A", env: "testing" },
    routes: [{ receiver: "notify-testing", key: `${OF_A}/{baz!~".*quux",env="testing"}`, groupBy: "all" }],
  },
  {
    labels: { owner: "team-A", env: "production" },
    routes: [
      { receiver: "notify-productionA", key: `${OF_A}/{env="production"}`, waitMs: MINUTE },
      { receiver: "notify-productionB", key: `${OF_A}/{env=~"produ.*",job=~".*"}`, groupBy: ["job"], repeatMs: HOUR },
    ],
  },
  {
    labels: { group_by: "role" },
    routes: [{ receiver: "notify-def", key: '{}/{group_by="role"}', groupBy: ["role"] }],
  },
  {
    labels: { env: "testing", group_by: "role" },
    routes: [{ receiver: "notify-testing", key: '{}/{group_by="role"}/{env="testing"}', groupBy: ["role"] }],
  },
  {
    labels: { env: "testing", group_by: "role", wait: "long" },
    routes: [
      {
        receiver: "notify-testing",
        key: '{}/{group_by="role"}/{env="testing"}/{wait="long"}',
        groupBy: ["role"],
        waitMs: 2 * MINUTE,
      },
    ],
  },
];

describe("routes", () => {
  test.each(CASES)("match as Alertmanager's do: $labels", ({ labels, routes }) => {
    const matched = routeOf(TREE).match(Labels.from(labels));

    expect(matched.map(shown)).toEqual(routes.map((each) => ({ ...DEFAULTS, ...each })));
  });

  test("a label to group by is inherited, all labels are, too, and an empty list is as good as none", () => {
    const route = routeOf(`
receivers: [{name: a}]
route:
  receiver: a
  routes:
  - match: {env: parent}
    group_by: ['...']
    routes:
    - match: {child: one}
    - match: {child: two}
      group_by: [foo]
    - match: {child: three}
      group_by: []
`);
    const groupBy = (child: string) =>
      route.match(Labels.from({ env: "parent", child })).map((matched) => shown(matched).groupBy);

    expect(groupBy("one")).toEqual(["all"]);
    expect(groupBy("two")).toEqual([["foo"]]);
    expect(groupBy("three")).toEqual(["all"]);
  });

  test("group keys are Alertmanager's to the letter", () => {
    const route = routeOf(`
receivers: [{name: a}]
route: {receiver: a, group_by: [alertname, zone], routes: [{matchers: ['severity="critical"'], group_by: [alertname, note]}]}
`);
    const keyOf = (labels: Record<string, string>) => {
      const all = Labels.from(labels);
      return route.match(all).map((matched) => matched.groupKey(matched.groupLabels(all)))[0];
    };

    expect(keyOf({ alertname: "x", severity: "critical", bot: "b" })).toBe('{}/{severity="critical"}:{alertname="x"}');
    expect(keyOf({ alertname: "x", zone: "eu" })).toBe('{}:{alertname="x", zone="eu"}');
    expect(keyOf({ bot: "b" })).toBe("{}:{}");
    expect(keyOf({ severity: "critical", note: 'a"\n\u0007é🙂\u200b' })).toBe(
      '{}/{severity="critical"}:{note="a\\"\\n\\aé🙂\\u200b"}',
    );
  });

  test("routes that match by the same have the same key, and an id of their own", () => {
    const route = routeOf(`
receivers: [{name: a}]
route: {receiver: a, routes: [{match: {x: '1'}, continue: true}, {match: {x: '1'}}]}
`);
    const matched = route.match(Labels.from({ x: "1" }));

    expect(matched.map(({ key }) => key)).toEqual(['{}/{x="1"}', '{}/{x="1"}']);
    expect(new Set(matched.map(({ id }) => id)).size).toBe(2);
    expect(receiversOf(route, Labels.from({ x: "1" }))).toEqual(["a", "a"]);
  });

  test("in a pattern the dot matches no line break, as in Alertmanager", () => {
    const route = routeOf(
      "receivers: [{name: a}, {name: b}]\nroute: {receiver: a, routes: [{matchers: ['x=~\".+\"'], receiver: b}]}",
    );

    expect(receiversOf(route, Labels.from({ x: "a b" }))).toEqual(["b"]);
    expect(receiversOf(route, Labels.from({ x: "a\nb" }))).toEqual(["a"]);
  });
});

function routeOf(yaml: string): Route {
  return readAlertmanagerYml(yaml, "alertmanager.yml", { secrets: "refuse" }).route;
}

function shown({ key, options }: Route) {
  return {
    receiver: options.receiver,
    key,
    groupBy: options.groupBy === "all" ? "all" : [...options.groupBy],
    waitMs: options.groupWaitMs,
    intervalMs: options.groupIntervalMs,
    repeatMs: options.repeatIntervalMs,
  };
}
