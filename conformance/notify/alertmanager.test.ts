/**
 * Haltwatch beside a real Alertmanager: it posts its alerts there, takes what that sends, and speaks its API itself, so that `amtool`
 * and `haltwatch silence` work with both.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FakeServer } from "../../packages/notify/src/testing/fake-server.ts";
import { describeWithPeer, requiredPeer } from "../peers.ts";
import { freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { haltwatch, type Ran, ran } from "./haltwatch-command.ts";
import { LATENCY_RULES, LatencyTarget } from "./latency-target.ts";

const CONTROL_TOKEN = "control-s3cret";
const ENV = { CONTROL_TOKEN };

interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
  readonly receivers: readonly { readonly name: string }[];
}

interface Posted {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

interface Alertmanager extends AsyncDisposable {
  readonly url: string;
}

async function startAlertmanager(folder: string, webhook: string): Promise<Alertmanager> {
  const [port, token] = [await freePort(), join(folder, "control-token")];
  writeFileSync(token, CONTROL_TOKEN, { mode: 0o600 });
  const file = join(folder, "peer.yml");
  writeFileSync(
    file,
    `route: { receiver: haltwatch, group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: haltwatch
    webhook_configs:
      - url: ${webhook}
        http_config: { authorization: { type: Bearer, credentials_file: ${token} } }
`,
  );
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, "peer")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ];
  const child = spawn(requiredPeer("alertmanager"), args, { stdio: "ignore" });
  const closed = once(child, "close");
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

function amtool(url: string, ...args: readonly string[]): Promise<Ran> {
  return ran(requiredPeer("amtool"), [`--alertmanager.url=${url}`, "--no-version-check", ...args], {
    HOME: "/nonexistent",
  });
}

async function shownBy(url: string): Promise<readonly ShownAlert[]> {
  const { stdout, code } = await amtool(url, "alert", "query", "--output=json");
  return code === 0 ? (JSON.parse(stdout) as readonly ShownAlert[]) : []; // amtool's own format
}

async function metric({ url }: HaltwatchProcess, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

describeWithPeer("amtool", "amtool", () => {
  test("a real Alertmanager has what fires and what is over, and what it sends is taken", async () => {
    await using target = await new LatencyTarget().start();
    const port = await freePort();
    await using real = new RealHaltwatch({ "rules.yml": LATENCY_RULES, "haltwatch.toml": "" }, ENV);
    await using alertmanager = await startAlertmanager(
      real.folder,
      `http://127.0.0.1:${port}/api/haltwatch/alertmanager`,
    );
    real.write(
      "haltwatch.toml",
      `alertmanagers = ["${alertmanager.url}"]
${target.scrapeConfig}
[rules]
files = ["rules.yml"]
system = false
[web]
control_token = "env:CONTROL_TOKEN"
`,
    );
    target.latencyMs = 700;
    const process = real.spawn(port);

    const alert = await process.until("Alertmanager has it", async () => (await shownBy(alertmanager.url))[0]);
    expect(alert.labels).toMatchObject({ alertname: "LatencyHigh", bot: "arb-1", severity: "critical", venue: "cex" });
    expect(alert.annotations).toMatchObject({ summary: "orders at cex take 700 ms" });

    // It tells of it, and Haltwatch takes that: an alert that pauses nothing is counted.
    const taken = /^haltwatch_alertmanager_alerts_total\{outcome="(\w+)"\} [1-9]/m;
    const outcome = await process.until("its webhook was taken", async () => {
      const text = await (await fetch(`${process.url}/metrics`)).text();
      return taken.exec(text)?.[1];
    });
    expect(outcome).toBe("no_action");

    target.latencyMs = 100;
    await process.until("it is over there, too", async () =>
      (await shownBy(alertmanager.url)).length === 0 ? true : undefined,
    );
    expect(process.logged("alertmanager_unreachable")).toEqual([]);
    expect(await metric(process, 'haltwatch_alertmanager_alerts_total{outcome="refused"}')).toBe(0);
  });

  test("an Alertmanager's webhook goes to our channels as an alert, and ours to whoever takes Alertmanager's", async () => {
    await using target = await new LatencyTarget().start();
    const posted: Posted[] = [];
    await using receiver = await new FakeServer(({ body }) => {
      posted.push(JSON.parse(body.toString()) as Posted); // Alertmanager's payload
      return { status: 200 };
    }).start();
    const config = `${target.scrapeConfig}
[rules]
files = ["rules.yml"]
system = false
[web]
control_token = "env:CONTROL_TOKEN"
[notify]
webhook_url = "${receiver.url}"
`;
    await using real = new RealHaltwatch({ "haltwatch.toml": config, "rules.yml": LATENCY_RULES }, ENV);
    const process = await real.start();
    const httpConfig = join(real.folder, "amtool-http.yml");
    real.write("token", CONTROL_TOKEN);
    real.write("amtool-http.yml", `authorization: { type: Bearer, credentials_file: ${join(real.folder, "token")} }\n`);
    const changing = [`--http.config.file=${httpConfig}`];
    const ask = (...args: readonly string[]) => amtool(process.url, ...args);

    // Silenced before it fires: nobody hears of it, and amtool shows why.
    const added = await ask(
      ...changing,
      "silence",
      "add",
      "alertname=LatencyHigh",
      "--comment=planned",
      "--author=ada",
    );
    expect([added.stderr, added.code]).toEqual(["", 0]);
    const id = added.stdout.trim();
    expect((await ask("silence", "query", "--output=json")).stdout).toContain(id);
    target.latencyMs = 700;
    const silenced = await process.until(
      "it fires",
      async () => (await process.alerts())[0] && (await silencedBy(process)),
    );
    expect(silenced).toEqual([id]);
    expect((await ask("alert", "query")).stdout).not.toContain("LatencyHigh");
    expect((await ask("alert", "query", "--silenced")).stdout).toContain("LatencyHigh");
    expect(posted).toEqual([]);

    // Without the token nothing is changed.
    const refused = await ask("silence", "expire", id);
    expect(refused.code).not.toBe(0);
    expect(await silencedBy(process)).toEqual([id]);

    expect((await ask(...changing, "silence", "expire", id)).code).toBe(0);
    await process.until("people hear of it", async () => posted[0]);
    expect(posted[0]).toMatchObject({ status: "firing", alerts: [{ labels: { alertname: "LatencyHigh" } }] });
    const [alert] = await shownBy(process.url);
    expect(alert).toMatchObject({ status: { state: "active" }, receivers: [{ name: "people" }] });
    expect((await ask("alert", "query", "alertname=~Latency.+", "venue!=dex")).stdout).toContain("LatencyHigh");
    expect((await ask("alert", "query", "venue=dex")).stdout).not.toContain("LatencyHigh");

    // The same by our own command.
    const env = { HALTWATCH_CONTROL_TOKEN: CONTROL_TOKEN };
    const at = ["--url", process.url];
    const own = await haltwatch(["silence", "add", "bot=arb-1", 'venue=~"cex|dex"', "--comment", "works", ...at], env);
    expect([own.stderr, own.code]).toEqual(["", 0]);
    const ownId = own.stdout.split("\n")[0] ?? "";
    expect(await silencedBy(process)).toEqual([ownId]);
    const list = await haltwatch(["silence", "list", ...at]);
    expect(list.stdout).toMatch(
      new RegExp(`^${ownId} {2}active {2}bot="arb-1" venue=~"cex\\|dex" {2}until 20.* by .+: works$`, "m"),
    );
    expect(list.stdout).not.toContain(id);
    expect((await haltwatch(["silence", "list", "--all", ...at])).stdout).toContain(id);
    const denied = await haltwatch(["silence", "expire", ownId, ...at]);
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringContaining("HALTWATCH_CONTROL_TOKEN")]);
    expect((await haltwatch(["silence", "expire", ownId, ...at], env)).stdout).toBe(`expired  ${ownId}\n`);
    expect(await silencedBy(process)).toEqual([]);
    const unknown = await haltwatch(["silence", "expire", "00000000-0000-4000-8000-000000000000", ...at], env);
    expect(unknown.code).toBe(2);
    for (const [args, says] of [
      [["no-matcher"], "is no matcher"],
      [["a=b", "--duration", "soon"], "is no duration"],
      [['a=~"("'], "silence cannot be"],
    ] as const) {
      const bad = await haltwatch(["silence", "add", ...args, "--comment", "c", ...at], env);
      expect([bad.code, bad.stderr.toLowerCase()]).toEqual([2, expect.stringContaining(says)]);
    }

    // A real Prometheus may post its alerts here: without a word about their end they are over by themselves.
    const alerts = [{ labels: { alertname: "FromElsewhere", severity: "info" }, annotations: { summary: "s" } }];
    const post = (headers: Readonly<Record<string, string>>) =>
      fetch(`${process.url}/api/v2/alerts`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(alerts),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ Authorization: `Bearer ${CONTROL_TOKEN}` })).status).toBe(200);
    expect((await ask("alert", "query", "alertname=FromElsewhere")).stdout).toContain("FromElsewhere");
    const posting = await ask(...changing, "alert", "add", "ByHand", "severity=info", "--annotation=summary=hello");
    expect(posting.code).toBe(0);
    expect((await shownBy(process.url)).map(({ labels }) => labels["alertname"])).toContain("ByHand");
  });
});

async function silencedBy({ url }: HaltwatchProcess): Promise<readonly string[] | undefined> {
  const answer = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await answer.json()) as readonly ShownAlert[]; // Alertmanager's API v2
  return alerts.find(({ labels }) => labels["alertname"] === "LatencyHigh")?.status.silencedBy;
}
