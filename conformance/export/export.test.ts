/** What `haltwatch export` writes, before real programs and by what must hold of it: rows E3 and E6. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKS } from "@haltwatch/packs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { composeExample } from "../../scripts/generate/compose-example.ts";
import { testWithPeer } from "../peers.ts";
import { freePort } from "../real-haltwatch.ts";
import { ExportFolder } from "./haltwatch-export.ts";
import { startAlertmanager } from "./real-alertmanager.ts";

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A bit of everything. */
const WHOLE = `
[web]
read_token = "env:READ_TOKEN"
control_token = "file:control-token"
[packs]
enabled = ["arbitrage", "betting", "trading", "ai-trading", "scraper", "anomaly"]
[external_labels]
site = "home"
[rules]
files = ["*.rules.yml"]
[[scrape_configs]]
job_name = "my bot"
scrape_interval = "500ms"
sample_limit = 1000
metrics_path = "/m"
params = { a = ["b"] }
static_configs = [{ targets = ["127.0.0.1:9464"], labels = { bot = "arb-1", job = "arbitrage" } }]
basic_auth = { username = "me", password = "env:BOT_PASSWORD" }
relabel_configs = [{ source_labels = ["__address__"], regex = "(.*):.*", target_label = "host" }]
metric_relabel_configs = [{ regex = "secret_.*", action = "labeldrop" }]
[[scrape_configs]]
job_name = "files"
file_sd_configs = [{ files = ["targets-*.json"], refresh_interval = "30s" }]
authorization = { credentials = "file:token" }
`;

const RECEIVERS = `
[route]
receiver = "people"
group_by = ["bot"]
[[route.routes]]
matchers = ['severity="critical"']
receiver = "phone"
mute_time_intervals = ["night"]
[[receivers]]
name = "people"
slack_configs = [{ api_url = "env:SLACK_URL", channel = "#bots", send_resolved = true }]
ntfy_configs = [{ topic = "mine" }]
[[receivers]]
name = "phone"
webhook_configs = [{ url = "http://127.0.0.1:1/hook", http_config = { basic_auth = { username = "me", password = "keyring:hook" } } }]
[[inhibit_rules]]
source_matchers = ['severity="critical"']
target_matchers = ['severity="warning"']
equal = ["bot"]
[[time_intervals]]
name = "night"
time_intervals = [{ times = [{ start_time = "22:00", end_time = "24:00" }] }]
`;

const SECRETS = { READ_TOKEN: "read-s3cret", BOT_PASSWORD: "bot-s3cret", SLACK_URL: "https://slack.example/s3cret" };

const OWN_RULES = "groups: [{ name: own, rules: [{ alert: Own, expr: up == 0, labels: { severity: info } }] }]\n";

function wholeFolder(more = ""): ExportFolder {
  const files = { "haltwatch.toml": `${more}${WHOLE}`, "own.rules.yml": OWN_RULES, "control-token": "control-s3cret" };
  const targets = { token: "token-s3cret", "targets-a.json": "[]" };
  return new ExportFolder({ ...files, ...targets }, SECRETS);
}

/** A command after the other, each in a process of its own, milliseconds. */
const PATIENCE_MS = 120_000;

let exported: ExportFolder;

beforeAll(async () => {
  exported = wholeFolder();
  await exported.export("compose", "--with-secrets");
}, PATIENCE_MS);
afterAll(() => exported[Symbol.dispose]());

interface Compose {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

test("E3 a whole stack is exported, once; again it says the same, and overwrites nothing without being told to", {
  timeout: PATIENCE_MS,
}, async () => {
  using folder = wholeFolder();
  const said = await folder.export("compose");

  expect(said).toContain("docker compose up -d");
  expect(said).toMatch(
    /Put .*read.* \(env:READ_TOKEN\) into .*secrets\/haltwatch-read-token, or export with --with-secrets/,
  );
  const password = folder.text("secrets", "grafana-admin-password");
  await folder.export("compose"); // nothing has changed

  appendFileSync(folder.path(".env"), "SLACK_URL=mine\n");
  await folder.export("compose"); // what a person has put there is no other file

  writeFileSync(folder.path("alertmanager", "alertmanager.yml"), "mine");
  await expect(folder.export("compose")).rejects.toThrow(/other files already: alertmanager\/alertmanager\.yml/);
  expect(folder.text("alertmanager", "alertmanager.yml")).toBe("mine");
  await folder.export("compose", "--force");

  expect(folder.text("alertmanager", "alertmanager.yml")).toContain("haltwatch-kill-switch");
  expect(folder.text("secrets", "grafana-admin-password")).toBe(password);
  expect(folder.text(".env")).toMatch(/^HALTWATCH_UID=.*\n(?:.*\n)*SLACK_URL=mine\n$/m);
});

test("E3 rules of packs and of the user are exported as they are, and dashboards of each enabled pack", () => {
  const folder = exported;

  for (const pack of PACKS) {
    const [rules = ""] = pack.ruleFiles;
    expect(folder.text("prometheus/rules", `${pack.name}.yml`)).toBe(readFileSync(rules, "utf8"));
  }
  expect(folder.text("prometheus/rules", "own.rules.yml")).toBe(OWN_RULES);
  expect(folder.text("prometheus/rules", "haltwatch-thresholds.yml")).toContain("ThresholdAbsent");
  const dashboards = globSync("*.json", { cwd: folder.path("grafana/dashboards") });
  expect(dashboards).toHaveLength(PACKS.flatMap((pack) => pack.dashboards).length);
});

test("E3 E6 no password is a default or in a file that others see; each is random, and only its owner's to read", async () => {
  const folder = exported;

  const secrets = globSync("secrets/*", { cwd: folder.path() });
  expect(secrets.sort()).toEqual(
    ["grafana-admin-password", "haltwatch-read-token", "scrape-my-bot-password"].map((name) => `secrets/${name}`),
  );
  for (const file of [...secrets, ".env"]) expect(statSync(folder.path(file)).mode & 0o777, file).toBe(0o600);
  expect(folder.text("secrets/haltwatch-read-token")).toBe("read-s3cret");
  expect(folder.text("secrets/grafana-admin-password")).toMatch(/^[\w-]{43}$/);
  using other = wholeFolder();
  await other.export("compose");
  expect(other.text("secrets/grafana-admin-password")).not.toBe(folder.text("secrets/grafana-admin-password"));
  const seen = globSync("**/*.{yml,yaml,json}", { cwd: folder.path() })
    .map((file) => folder.text(file))
    .join("\n");
  expect(seen).not.toMatch(/s3cret/);
  const { services } = parse(folder.text("compose.yaml")) as Compose; // written a moment ago
  expect(services["grafana"]?.["environment"]).toMatchObject({
    GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/grafana-admin-password",
    GF_AUTH_ANONYMOUS_ENABLED: "false",
  });
});

test("E6 everything of the stack listens on loopback, with no more rights than it needs, in images of exact versions", () => {
  const { services } = parse(exported.text("compose.yaml")) as Compose; // written a moment ago
  expect(Object.keys(services)).toEqual(["haltwatch", "prometheus", "alertmanager", "grafana"]);
  for (const [name, service] of Object.entries(services)) {
    expect(service["image"], name).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+(?:-[a-z]+)*$/);
    expect(service, name).not.toHaveProperty("ports");
    expect(service, name).not.toHaveProperty("privileged");
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
    const listening = JSON.stringify([service["command"], service["environment"]]).match(
      /listen-address=[^"]*|HTTP_ADDR":"[^"]*/g,
    );
    for (const address of listening ?? []) expect(address, name).toMatch(/127\.0\.0\.1|cluster|=$/);
  }
  expect(JSON.stringify(services["prometheus"])).toContain("--web.listen-address=127.0.0.1:9090");
  expect(JSON.stringify(services["alertmanager"])).toContain("--web.listen-address=127.0.0.1:9093");
});

test("a channel that Alertmanager does not send to, and a secret that no container has, are named", {
  timeout: PATIENCE_MS,
}, async () => {
  using folder = wholeFolder(RECEIVERS);
  const said = await folder.export("compose");

  expect(said).toContain("warning: ntfy_configs of people are left out: Alertmanager does not send to ntfy");
  expect(said).toContain("warning: keyring:hook cannot be read by Haltwatch in a container");
  expect(said).toContain("warning: Haltwatch reads SLACK_URL: put it into .env, where it stays");
  expect(said).toContain("People are told by Alertmanager and by Haltwatch");
  const own = await folder.export("alertmanager", "--receivers", "none", "--force");
  expect(own).not.toContain("warning");
  expect(folder.text("alertmanager.yml")).not.toContain("people");
});

test("units of systemd that a person has changed are not overwritten without being told to", async () => {
  using folder = wholeFolder();
  await folder.export("systemd");
  await folder.export("systemd"); // nothing has changed

  writeFileSync(folder.path("haltwatch.service"), "mine");

  await expect(folder.export("systemd")).rejects.toThrow(/other files already: haltwatch\.service/);
  expect(folder.text("haltwatch.service")).toBe("mine");
  await folder.export("systemd", "--force");
  expect(folder.text("haltwatch.service")).toContain("[Service]");
});

test("E3 deploy/compose is what the command writes, and nothing else", () => {
  const made = composeExample().map(({ path }) => path);

  const there = globSync("deploy/compose/**/*.{yml,yaml,json}", { cwd: ROOT });
  expect(there.filter((path) => !path.includes("/data/")).sort()).toEqual(
    made.filter((path) => /\.(?:ya?ml|json)$/.test(path)).sort(),
  );
});

testWithPeer("promtool", "E3 promtool finds nothing wrong with an exported prometheus.yml", async (promtool) => {
  using folder = wholeFolder();
  await folder.export("prometheus", "--with-secrets");

  const { stdout, stderr } = await run(promtool, ["check", "config", folder.path("prometheus.yml")]);

  expect(stdout + stderr).toContain(`${folder.path("prometheus.yml")} is valid prometheus config file syntax`);
  expect(stdout + stderr).not.toMatch(/FAILED|WARNING/);
  expect(folder.text("prometheus.yml")).not.toContain("s3cret");
  expect(folder.text("prometheus.yml")).toContain('job!~"arbitrage|files|my bot"');
});

testWithPeer(
  "amtool",
  "E3 C8 amtool finds nothing wrong with an exported alertmanager.yml: people are told as before, and Haltwatch pauses",
  async (amtool) => {
    using folder = wholeFolder(RECEIVERS);
    await folder.export("alertmanager");
    const file = folder.path("alertmanager.yml");

    const { stdout } = await run(amtool, ["check-config", file]);
    const told = async (...labels: string[]): Promise<string> =>
      (await run(amtool, ["config", "routes", "test", `--config.file=${file}`, ...labels])).stdout.trim();

    expect(stdout).toContain("SUCCESS");
    expect(await told("severity=warning")).toBe("people");
    expect(await told("severity=critical", "bot=a")).toBe("phone");
    expect(await told("severity=warning", "action=reduce")).toBe("haltwatch-kill-switch,people");
    expect(await told("severity=critical", "action=pause")).toBe("haltwatch-kill-switch,phone");
    expect(parse(folder.text("alertmanager.yml"))).toMatchObject({
      route: { routes: [{ receiver: "haltwatch-kill-switch", group_wait: "0s" }, { receiver: "people" }] },
      receivers: [
        {
          name: "haltwatch-kill-switch",
          webhook_configs: [{ url: "http://127.0.0.1:9898/api/haltwatch/alertmanager" }],
        },
        {
          name: "people",
          slack_configs: [{ channel: "#bots", api_url_file: folder.path("secrets/notify-people-slack-0-api-url") }],
        },
        { name: "phone" },
      ],
    });
  },
);

testWithPeer(
  "alertmanager",
  "C8 an alert that pauses reaches Haltwatch, though a rule of inhibition says that people are not to be told of it",
  async (alertmanager) => {
    const told: unknown[] = [];
    const haltwatch = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (chunk: string) => told.push(chunk));
      request.on("end", () => response.end("{}"));
    }).listen(0, "127.0.0.1");
    using _ended = {
      [Symbol.dispose]: () => {
        haltwatch.close();
        haltwatch.closeAllConnections();
      },
    };
    await once(haltwatch, "listening");
    const place = haltwatch.address();
    if (place === null || typeof place === "string") throw new Error("no port");
    const settings = RECEIVERS.replace("\n[route]", `\n[web]\nlisten = "127.0.0.1:${place.port}"\n[route]`);
    using folder = new ExportFolder({ "haltwatch.toml": settings });
    await folder.export("alertmanager");
    const port = await freePort();
    await using _ = startAlertmanager(alertmanager, {
      ...{ config: folder.path("alertmanager.yml"), storage: folder.path("data"), port },
    });
    const put = async (labels: Readonly<Record<string, string>>): Promise<void> => {
      const { ok } = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
        ...{ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify([{ labels }]) },
      });
      expect(ok).toBe(true);
    };
    // The second one is inhibited once the first one is known.
    const patience = { timeout: 20_000, interval: 100 };
    await vi.waitFor(() => put({ alertname: "RpcDown", severity: "critical", bot: "a" }), patience);
    await vi.waitFor(async () => {
      await put({ alertname: "SpreadWide", severity: "warning", bot: "a" });
      const shown = await (await fetch(`http://127.0.0.1:${port}/api/v2/alerts?active=false&inhibited=true`)).text();
      expect(shown).toContain("SpreadWide");
    }, patience);

    await put({ alertname: "FillRatioLow", severity: "warning", bot: "a", action: "pause" });

    await vi.waitFor(() => expect(told.join("")).toContain("FillRatioLow"), patience);
  },
);

testWithPeer(
  "dockerCompose",
  "E3 docker-compose takes the exported compose file, with all its paths filled in",
  async (compose) => {
    using folder = wholeFolder(RECEIVERS);
    await folder.export("compose");

    const { stdout } = await run(compose, ["config"], { cwd: folder.path(), env: { ...process.env, ...SECRETS } });

    const { services } = parse(stdout) as Compose; // it has checked it
    expect(Object.keys(services).sort()).toEqual(["alertmanager", "grafana", "haltwatch", "prometheus"]);
    expect(services["haltwatch"]?.["command"]).toContain(join(ROOT, "packages/cli/src/main.ts"));
    expect(services["haltwatch"]?.["environment"]).toMatchObject({ SLACK_URL: SECRETS.SLACK_URL });
    expect(services["alertmanager"]?.["secrets"]).toHaveLength(3);
  },
);
