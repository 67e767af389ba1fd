/** A real Alertmanager pauses a bot through its webhook, and the bot's orchestrator with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { testWithPeer } from "../peers.ts";
import { apiData, freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { BettingOrchestrator, bettingConfig } from "./betting-orchestrator.ts";

const TOKENS = { CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };

const ALERT = {
  labels: { alertname: "OddsStale", bot: "betting-1", action: "pause", severity: "critical" },
  annotations: { summary: "the odds are old" },
  startsAt: "2026-01-01T00:00:00Z",
};

const WEBHOOK = "/api/haltwatch/alertmanager";

interface ShownPause {
  readonly scope: string;
  readonly by: string;
  readonly reason: string;
}

function pausesOf({ url }: HaltwatchProcess): Promise<readonly ShownPause[]> {
  return apiData(url, "/api/haltwatch/pauses");
}

async function metric({ url }: HaltwatchProcess, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

function post(url: string, body: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(url, { method: "POST", headers: { "Content-Type": "application/json", ...authorization }, body });
}

async function startAlertmanager(
  binary: string,
  folder: string,
  webhook: string,
): Promise<AsyncDisposable & { url: string }> {
  const [port, token] = [await freePort(), join(folder, "control-token")];
  writeFileSync(token, TOKENS.CONTROL_TOKEN, { mode: 0o600 });
  writeFileSync(
    join(folder, "alertmanager.yml"),
    `route: { receiver: haltwatch, group_wait: 0s, group_interval: 1s, repeat_interval: 1s }
receivers:
  - name: haltwatch
    webhook_configs:
      - url: ${webhook}
        send_resolved: true
        http_config: { authorization: { type: Bearer, credentials_file: ${token} } }
`,
  );
  const args = [
    `--config.file=${join(folder, "alertmanager.yml")}`,
    `--storage.path=${join(folder, "alertmanager")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ];
  const child = spawn(binary, args, { stdio: "ignore" });
  const closed = once(child, "close");
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

testWithPeer(
  "alertmanager",
  "C8 F4 an alert of a real Alertmanager pauses the bot over its orchestrator, and resolved arms nothing",
  async (binary) => {
    await using orchestrator = new BettingOrchestrator(await freePort(), TOKENS.BETTING_TOKEN);
    await orchestrator.start();
    const config = `[web]\ncontrol_token = "env:CONTROL_TOKEN"\n${bettingConfig(orchestrator.url)}`;
    await using real = new RealHaltwatch({ "haltwatch.toml": config }, TOKENS);
    const process = await real.start();
    await using alertmanager = await startAlertmanager(binary, real.folder, `${process.url}${WEBHOOK}`);
    await process.until("Alertmanager is ready", async () => {
      const ready = await fetch(`${alertmanager.url}/-/ready`).catch(() => undefined);
      return ready?.ok === true ? true : undefined;
    });

    const firedMs = Date.now();
    expect((await post(`${alertmanager.url}/api/v2/alerts`, JSON.stringify([ALERT]))).ok).toBe(true);
    await process.until("the bot is paused", async () => (orchestrator.status === "paused" ? true : undefined));
    const tookMs = (orchestrator.seen.find(({ path }) => path === "/api/pause")?.timeMs ?? 0) - firedMs;
    globalThis.process.stdout.write(`alert posted to Alertmanager to the orchestrator's request: ${tookMs} ms\n`);
    expect(await pausesOf(process)).toMatchObject([
      { scope: "bot:betting-1", by: "alertmanager", reason: "the odds are old" },
    ]);

    // It sends the same alert each second: a person's arm is not overruled by it.
    const auth = { Authorization: `Bearer ${TOKENS.CONTROL_TOKEN}` };
    const arm = JSON.stringify({ scope: "bot:betting-1", reason: "looked", by: "ada" });
    expect((await fetch(`${process.url}/api/haltwatch/arm`, { method: "POST", headers: auth, body: arm })).ok).toBe(
      true,
    );
    await process.until("it runs again", async () => (orchestrator.status === "running" ? true : undefined));
    const repeated = 'haltwatch_alertmanager_alerts_total{outcome="repeated"}';
    const before = await metric(process, repeated);
    await process.until("it is repeated", async () => ((await metric(process, repeated)) > before ? true : undefined));
    expect(await pausesOf(process)).toEqual([]);

    // A new alert, which is resolved then.
    const next = { ...ALERT, labels: { ...ALERT.labels, alertname: "PriceGap" } };
    await post(`${alertmanager.url}/api/v2/alerts`, JSON.stringify([next]));
    await process.until("the bot is paused", async () => (orchestrator.status === "paused" ? true : undefined));
    const over = { ...next, endsAt: new Date(Date.now() - 1000).toISOString() };
    await post(`${alertmanager.url}/api/v2/alerts`, JSON.stringify([over]));
    const resolved = 'haltwatch_alertmanager_alerts_total{outcome="resolved"}';
    await process.until("it is resolved", async () => ((await metric(process, resolved)) > 0 ? true : undefined));
    expect(await pausesOf(process)).toHaveLength(1);
    expect(orchestrator.status).toBe("paused");

    // What is none of Alertmanager's webhooks, or is nobody's to send.
    const good = JSON.stringify({
      version: "4",
      status: "firing",
      alerts: [{ status: "firing", ...ALERT, labels: { alertname: "Evil", action: "pause" } }],
    });
    const url = `${process.url}${WEBHOOK}`;
    expect((await post(url, good)).status).toBe(401);
    expect((await post(url, good, "wrong")).status).toBe(401);
    for (const bad of [
      "",
      "{",
      "[]",
      '{"alerts":1}',
      '{"alerts":[{"status":"on","labels":{}}]}',
      '{"alerts":[{"status":"firing","labels":{"a":1}}]}',
    ]) {
      expect((await post(url, bad, TOKENS.CONTROL_TOKEN)).status, bad).toBe(400);
    }
    const large = await post(url, "x".repeat(11_000_000), TOKENS.CONTROL_TOKEN).then(
      ({ status }) => status,
      () => 413, // hung up on while it sent
    );
    expect(large).toBe(413);
    const refused = (reason: string) => metric(process, `haltwatch_requests_refused_total{reason="${reason}"}`);
    expect(await Promise.all(["unauthorized", "bad_data", "too_large"].map(refused))).toEqual([2, 6, 1]);
    const journal = await apiData<readonly { what: string; why: string }[]>(
      process.url,
      "/api/haltwatch/journal?kind=refused",
    );
    expect(JSON.stringify(journal)).toContain(WEBHOOK);
    expect(await pausesOf(process)).toHaveLength(1);
    expect(process.stderr).not.toContain("s3cret");
  },
);
