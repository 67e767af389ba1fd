import { ConfigError } from "@haltwatch/bot";
import { Labels } from "@haltwatch/store";
import { describe, expect, test } from "vitest";
import { type NotifyValues, notifySettings } from "./notify-settings.ts";

const DEFAULTS = { group_wait: "10s", repeat_interval: "4h" };

/** As haltwatch.toml says it; each key stands on a line of its own, counted from the first. */
function settings(values: Partial<Omit<NotifyValues, "notify">> & { notify?: object }, file = "") {
  const { notify = {}, ...rest } = values;
  const lines = [...Object.keys(rest), ...Object.keys(notify).map((key) => `notify.${key}`)];
  const placeOf = (path: readonly PropertyKey[]) => {
    const key = path.map(String).join(".");
    const at = lines.findIndex((line) => key.startsWith(line));
    return at < 0 ? undefined : { line: at + 1, column: 1 };
  };
  return notifySettings(
    { alertmanagers: [], ...rest, notify: { ...DEFAULTS, ...notify } },
    {
      places: { file: "haltwatch.toml", placeOf, placeOfKey: placeOf },
      readFile: (path) => ({ text: file, path }),
    },
  );
}

function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.oneLine();
  }
  return "it was taken, or was no ConfigError";
}

describe("[notify]", () => {
  test("has everybody told of everything, and of what is critical at once", () => {
    const { config } = settings({
      notify: {
        slack_webhook_url: "env:SLACK",
        telegram_bot_token: "env:TG",
        telegram_chat_id: -5,
        ntfy_topic: "alerts",
      },
    });

    expect([...config.receivers.values()].map(({ name, channels }) => [name, channels.map((one) => one.name)])).toEqual(
      [["people", ["slack[0]", "telegram[0]", "ntfy[0]"]]],
    );
    const waits = ["critical", "info"].map((severity) =>
      config.route.match(Labels.from({ severity })).map(({ options }) => options.groupWaitMs),
    );
    expect(waits).toEqual([[0], [10_000]]);
  });

  test("without a channel tells nobody", () => {
    expect([...settings({}).config.receivers.values()].map(({ channels }) => channels)).toEqual([[]]);
  });

  test.each([
    [
      { slack_webhook_url: "https://hooks.slack.com/services/T/B/xyz" },
      /^haltwatch.toml:1:1: notify.slack_webhook_url holds a literal secret.*keyring:NAME/,
    ],
    [{ pagerduty_routing_key: "abc" }, /^haltwatch.toml:1:1: notify.pagerduty_routing_key holds a literal secret/],
    [{ webhook_url: "https://a:b@example.org" }, /^haltwatch.toml:1:1: notify.webhook_url holds a literal secret/],
    [{ telegram_bot_token: "env:T" }, /^haltwatch.toml: notify.telegram_chat_id: the chat's number/],
    [{ telegram_chat_id: 5 }, /^haltwatch.toml:1:1: telegram_chat_id tells nobody without telegram_bot_token/],
    [
      { telegram_bot_token: "env:T", telegram_chat_id: 5, telegram_api_url: "x" },
      /^haltwatch.toml:3:1: notify.telegram_api_url: an http/,
    ],
    [{ group_wait: "soon", ntfy_topic: "a" }, /^haltwatch.toml:1:1: notify.group_wait: "soon" is no duration/],
  ])("%o is refused with its place, and as it is called there", (notify, says) => {
    const line = refused(() => settings({ notify }));

    expect(line).toMatch(says);
    expect(line).not.toMatch(/xyz|a:b@|api_url holds|routing_key: "abc"/);
  });
});

describe("Alertmanager's keys", () => {
  const YML = "route: { receiver: ops }\nreceivers: [{ name: ops, slack_configs: [{ api_url: env:SLACK }] }]\n";

  test("stand in haltwatch.toml, or in a file that it names", () => {
    const written = settings({
      route: { receiver: "ops" },
      receivers: [{ name: "ops", slack_configs: [{ api_url: "env:SLACK" }] }],
    });
    const named = settings({ alertmanager_config: "alertmanager.yml" }, YML);

    expect(named.config.receivers).toEqual(written.config.receivers);
  });

  test("are refused beside another way to say who is told, and their mistakes have their place", () => {
    const slack = { slack_webhook_url: "env:SLACK" };
    expect(refused(() => settings({ route: { receiver: "a" }, notify: slack }))).toMatch(
      /^haltwatch.toml:2:1: route and notify.slack_webhook_url both say who is told/,
    );
    expect(refused(() => settings({ alertmanager_config: "a.yml", route: { receiver: "a" } }, YML))).toMatch(
      /alertmanager_config and route both say/,
    );
    expect(refused(() => settings({ alertmanager_config: "a.yml" }, YML.replace("ops }", "op }")))).toMatch(
      /^a.yml:1:\d+: undefined receiver "op" used in route. Did you mean "ops"\?/,
    );
    expect(refused(() => settings({ alertmanagers: ["ftp://x"] }))).toMatch(
      /^haltwatch.toml:1:1: "ftp:\/\/x" is no URL of an Alertmanager/,
    );
  });
});
