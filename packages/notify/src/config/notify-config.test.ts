import { Labels } from "@haltwatch/store/labels";
import { describe, expect, test } from "vitest";
import { NotifyError } from "../notify-error.ts";
import { receiversOf } from "../routing/receivers-of.ts";
import type { ConfigPlaces } from "./config-places.ts";
import { type NotifyConfig, type NotifyConfigOptions, readAlertmanagerYml, readNotifyConfig } from "./notify-config.ts";

const WHOLE = `
global:
  resolve_timeout: 10m
  slack_api_url: env:SLACK_URL
  smtp_smarthost: 'localhost:25'
  smtp_from: haltwatch@example.org
  smtp_require_tls: false
templates: ['/etc/alertmanager/*.tmpl']
route:
  receiver: chat
  group_by: [alertname, bot]
  group_wait: 0s
  group_interval: 1m
  repeat_interval: 1d12h
  routes:
    - receiver: phone
      matchers: [severity="critical", team=~"a|b"]
      continue: true
    - receiver: mail
      match: {code: 500}
      mute_time_intervals: [night]
receivers:
  - name: chat
    slack_configs:
      - channel: '#bots'
        send_resolved: true
        title: '{{ .CommonLabels.alertname }}'
  - name: phone
    telegram_configs:
      - bot_token_file: /run/secrets/telegram
        chat_id: -1001234567890
    opsgenie_configs:
      - api_key: env:OPSGENIE
  - name: mail
    email_configs:
      - to: ada@example.org
    webhook_configs:
      - url: http://127.0.0.1:9000/hook
        max_alerts: 5
        http_config: {proxy_url: 'http://proxy:3128', follow_redirects: false}
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [bot]
time_intervals:
  - name: night
    time_intervals:
      - times: [{start_time: '00:00', end_time: '06:00'}]
        location: Europe/Berlin
`;

describe("an alertmanager.yml", () => {
  test("is read as a whole", () => {
    const config = read(WHOLE);

    expect(config.resolveTimeoutMs).toBe(600_000);
    expect(config.route.options).toMatchObject({
      groupWaitMs: 0,
      groupIntervalMs: 60_000,
      repeatIntervalMs: 129_600_000,
    });
    expect(receiversOf(config.route, Labels.from({ severity: "critical", team: "b", code: "500" }))).toEqual([
      "phone",
      "mail",
    ]);
    expect(channelsOf(config, "chat")).toMatchObject([
      {
        kind: "slack",
        name: "slack[0]",
        sendsResolved: true,
        settings: { api_url: "env:SLACK_URL", channel: "#bots" },
      },
    ]);
    expect(channelsOf(config, "phone")).toMatchObject([
      {
        kind: "telegram",
        name: "telegram[0]",
        sendsResolved: true,
        settings: { bot_token: "file:/run/secrets/telegram" },
      },
    ]);
    expect(channelsOf(config, "mail")).toMatchObject([
      { kind: "email", sendsResolved: false, settings: { smarthost: "localhost:25", require_tls: false } },
      { kind: "webhook", sendsResolved: true, settings: { max_alerts: 5 } },
    ]);
    expect(config.inhibitRules).toHaveLength(1);
    expect(config.timeIntervals.get("night")).toMatchObject([{ location: "Europe/Berlin" }]);
  });

  test("what Alertmanager has and Haltwatch has not is named with its place", () => {
    const warnings = read(WHOLE).warnings.map(
      ({ line, column, key, message }) => `${line}:${column} ${key}: ${message}`,
    );

    expect(warnings).toEqual([
      "8:1 templates: templates of your own are not used: Haltwatch writes its messages itself",
      "27:9 receivers[0].slack_configs[0].title: title is left out: Haltwatch writes its messages itself, templates are not used",
      "32:5 receivers[1].opsgenie_configs: opsgenie_configs is left out: Haltwatch does not send to opsgenie",
      "40:23 receivers[2].webhook_configs[0].http_config.proxy_url: proxy_url is left out: Haltwatch has its own settings for it",
    ]);
  });

  test("the same keys as plain values, numbers and booleans as such, are the same", () => {
    const config = readNotifyConfig(
      {
        route: { receiver: "a", group_wait: "5s", routes: [{ receiver: "b", match: { code: 500 }, continue: true }] },
        receivers: [{ name: "a" }, { name: "b", ntfy_configs: [{ topic: "bots", priority: 5 }] }],
      },
      NOWHERE,
      { secrets: "refuse" },
    );

    expect(receiversOf(config.route, Labels.from({ code: "500" }))).toEqual(["b"]);
    expect(channelsOf(config, "b")).toMatchObject([{ kind: "ntfy", settings: { topic: "bots", priority: 5 } }]);
  });

  test("receivers that no key names fall back to nothing: nobody is told", () => {
    expect(channelsOf(read("receivers: [{name: a}]\nroute: {receiver: a}"), "a")).toEqual([]);
  });
});

const MINIMAL = "receivers: [{name: ops}]\nroute:\n  receiver: ops\n";

const FAULTS: readonly (readonly [yaml: string, fault: string])[] = [
  ["receivers: [", "BAD_YAML"],
  ["receivers: [{name: ops}]", "BAD_VALUE route is missing"],
  [`${MINIMAL}  recever: x`, '4:3 UNKNOWN_KEY route.recever unknown key "recever". Did you mean "receiver"?'],
  [`${MINIMAL}  group_interval: 0s`, "4:19 BAD_VALUE route.group_interval group_interval: it cannot be zero"],
  [`${MINIMAL}  repeat_interval: 5`, '4:20 BAD_VALUE route.repeat_interval repeat_interval: "5" is no duration'],
  [`${MINIMAL}  group_by: ['...', a]`, "4:13 BAD_VALUE route.group_by group_by: cannot have wildcard group_by"],
  [`${MINIMAL}  group_by: [a, a]`, '4:17 BAD_VALUE route.group_by[1] group_by: duplicated label "a"'],
  [`${MINIMAL}  matchers: [a="b"]`, "4:13 BAD_VALUE route.matchers root route must not have any matchers"],
  [`${MINIMAL}  continue: true`, "4:13 BAD_VALUE route.continue cannot have continue in root route"],
  [`${MINIMAL}  routes: [{matchers: ['a=~"["']}]`, "4:24 BAD_VALUE route.routes[0].matchers[0] matchers: "],
  [
    `${MINIMAL}  routes: [{receiver: opps}]`,
    '4:23 BAD_VALUE route.routes[0].receiver undefined receiver "opps" used in route. Did you mean "ops"?',
  ],
  [
    `${MINIMAL}  routes: [{mute_time_intervals: [night]}]`,
    '4:35 BAD_VALUE route.routes[0].mute_time_intervals[0] undefined time interval "night"',
  ],
  [
    `${MINIMAL}time_intervals: [{name: x, time_intervals: [{weekdays: [funday]}]}]`,
    "4:57 BAD_VALUE time_intervals[0].time_intervals[0].weekdays[0] weekdays: funday is not a valid weekday",
  ],
  [
    `${MINIMAL}inhibit_rules: [{source_match: {a: b}, taget_match: {a: b}}]`,
    '4:40 UNKNOWN_KEY inhibit_rules[0].taget_match unknown key "taget_match". Did you mean "target_match"?',
  ],
  [
    `${MINIMAL}global: {slack_api_ulr: 'env:A'}`,
    '4:10 UNKNOWN_KEY global.slack_api_ulr unknown key "slack_api_ulr". Did you mean "slack_api_url"?',
  ],
  [
    "receivers: [{name: a}, {name: a}]\nroute: {receiver: a}",
    '1:31 BAD_VALUE receivers[1].name there is another one with the name "a"',
  ],
  [
    "receivers: [{name: a, slck_configs: []}]\nroute: {receiver: a}",
    '1:23 UNKNOWN_KEY receivers[0].slck_configs unknown key "slck_configs". Did you mean "slack_configs"?',
  ],
  [
    "receivers: [{name: a, slack_configs: [{chanel: x}]}]\nroute: {receiver: a}",
    '1:40 UNKNOWN_KEY receivers[0].slack_configs[0].chanel unknown key "chanel". Did you mean "channel"?',
  ],
  [
    "receivers: [{name: a, slack_configs: [{channel: x}]}]\nroute: {receiver: a}",
    "1:39 BAD_VALUE receivers[0].slack_configs[0].api_url api_url: ",
  ],
];

describe("a configuration that is wrong", () => {
  test.each(FAULTS)("says what, and where: %s", (yaml, fault) => {
    expect(faultOf(() => read(yaml))).toContain(fault);
  });

  test("a literal secret is refused, and repeated nowhere", () => {
    const secret = "https://hooks.slack.com/services/T0/B0/verysecret";
    const yaml = `receivers: [{name: a, slack_configs: [{api_url: '${secret}'}]}]\nroute: {receiver: a}`;

    const error = errorOf(() => read(yaml));

    expect(error).toMatchObject({
      code: "LITERAL_SECRET",
      line: 1,
      column: 49,
      key: "receivers[0].slack_configs[0].api_url",
    });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("verysecret");
  });

  test.each([
    "global: {smtp_auth_password: hunter2}",
    "global: {opsgenie_api_key: hunter2}",
    "receivers: [{name: a, telegram_configs: [{bot_token: '1:hunter2', chat_id: 1}]}]",
    "receivers: [{name: a, pagerduty_configs: [{routing_key: hunter2}]}]",
    "receivers: [{name: a, webhook_configs: [{url: 'http://me:hunter2@localhost/'}]}]",
    "receivers: [{name: a, webhook_configs: [{url: 'http://x/', http_config: {basic_auth: {username: me, password: hunter2}}}]}]",
    "receivers: [{name: a, victorops_configs: [{api_key: hunter2}]}]",
  ])("every literal secret is found: %s", (yaml) => {
    expect(errorOf(() => read(yaml)).code).toBe("LITERAL_SECRET");
  });

  test("for whoever only wants its routes, secrets are left out", () => {
    const yaml = WHOLE.replace("env:SLACK_URL", "https://hooks.slack.com/services/T0/B0/verysecret");

    const config = read(yaml, { secrets: "ignore" });

    expect(receiversOf(config.route, Labels.from({ severity: "info" }))).toEqual(["chat"]);
    expect(JSON.stringify(channelsOf(config, "chat"))).not.toContain("verysecret");
  });

  test("a label may be called like a secret", () => {
    const yaml = "receivers: [{name: a}]\nroute: {receiver: a, routes: [{match: {token: USDC}}]}";

    expect(read(yaml).route.routes).toHaveLength(1);
  });
});

const NOWHERE: ConfigPlaces = { file: undefined, placeOf: () => undefined, placeOfKey: () => undefined };

function read(yaml: string, options: NotifyConfigOptions = { secrets: "refuse" }): NotifyConfig {
  return readAlertmanagerYml(yaml, "alertmanager.yml", options);
}

function channelsOf(config: NotifyConfig, receiver: string) {
  return config.receivers.get(receiver)?.channels;
}

function errorOf(act: () => unknown): NotifyError {
  try {
    act();
  } catch (error) {
    if (error instanceof NotifyError) return error;
    throw error;
  }
  throw new Error("it is not wrong");
}

function faultOf(act: () => unknown): string {
  const { line, column, code, key, message, hint } = errorOf(act);
  return `${line}:${column} ${code} ${key} ${message}. ${hint}`.replace("  ", " ");
}
