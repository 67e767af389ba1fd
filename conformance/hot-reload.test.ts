/** Rules are loaded again while it runs: whole or not at all, and what has not changed goes on as it was. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HaltwatchProcess, RealHaltwatch, type ShownAlert } from "./real-haltwatch.ts";

const TOKEN = "a-token-of-this-test";

let target: Server;
let address = "";

beforeAll(async () => {
  target = createServer((_, response) => {
    response.setHeader("Content-Type", "text/plain; version=0.0.4").end("x 1\n");
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
  const place = target.address();
  if (place === null || typeof place === "string") throw new Error("no port");
  address = `127.0.0.1:${place.port}`;
});
afterAll(() => {
  target.close();
  target.closeAllConnections();
});

const GOOD = `groups:
  - name: limits
    rules:
      - alert: Waits
        expr: x > 0
        for: 1h
      - alert: Fires
        expr: x > 0
`;

const OTHER = `groups:
  - name: other
    rules:
      - record: x:double
        expr: x * 2
`;

/** The second of its two faults is on line 9. */
const BROKEN = `groups:
  - name: limits
    rules:
      - alert: Waits
        expr: x > 0
        for: 1h
      - alert: Broken
        labels: { severity: critical }
        expr: sum(x
`;

const SETTINGS = `
[web]
control_token = "env:CONTROL_TOKEN"
[rules]
files = ["*.yml"]
evaluation_interval = "1s"
system = false
[global]
scrape_interval = "1s"
[[scrape_configs]]
job_name = "bot"
static_configs = [{ targets = ["ADDRESS"] }]
`;

function haltwatchOf(files: Readonly<Record<string, string>>): RealHaltwatch {
  const settings = SETTINGS.replace("ADDRESS", address);
  return new RealHaltwatch({ "haltwatch.toml": settings, ...files }, { CONTROL_TOKEN: TOKEN });
}

async function reload(process: HaltwatchProcess, token = TOKEN): Promise<{ status: number; text: string }> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${process.url}/-/reload`, { method: "POST", headers });
  return { status: response.status, text: await response.text() };
}

function alertsOf(process: HaltwatchProcess): Promise<Record<string, ShownAlert>> {
  return process.until("both alerts are there", async () => {
    const alerts = await process.alerts();
    return alerts.length === 2
      ? Object.fromEntries(alerts.map((alert) => [alert.labels["alertname"], alert]))
      : undefined;
  });
}

async function groupsOf(process: HaltwatchProcess): Promise<string[]> {
  const response = await fetch(`${process.url}/api/v1/rules`);
  const { data } = (await response.json()) as { data: { groups: { name: string }[] } }; // Prometheus's HTTP API
  return data.groups.map(({ name }) => name);
}

async function stateOf(process: HaltwatchProcess): Promise<unknown> {
  const { Waits, Fires } = await alertsOf(process);
  return {
    groups: await groupsOf(process),
    waits: [Waits?.state, Waits?.activeAt],
    fires: [Fires?.state, Fires?.activeAt],
  };
}

test("a broken rule file is refused with file, group, rule, line and column, in the answer and in the log, and nothing changes", async () => {
  await using haltwatch = haltwatchOf({ "rules.yml": GOOD });
  const process = await haltwatch.start();
  const before = await stateOf(process);

  haltwatch.write("rules.yml", BROKEN);
  // A file that is right comes in force only with the one that is not.
  haltwatch.write("second.yml", OTHER);
  const answer = await reload(process);
  process.signal("SIGHUP");
  await process.until("the log tells of both", async () => process.logged("reload_failed").length === 2 || undefined);

  for (const told of [answer.text, ...process.logged("reload_failed").map((line) => JSON.stringify(line))]) {
    expect(told).toMatch(/rules\.yml: 9:\d+: group \\?"limits\\?", rule 2, \\?"Broken\\?"/);
  }
  expect(answer.status).toBe(500);
  expect(await stateOf(process)).toEqual(before);
  const evaluated = await process.until("it goes on evaluating", async () => {
    const [series] = await process.samples('ALERTS{alertname="Fires"}[1h]');
    return (series?.values.length ?? 0) >= 4 ? series : undefined;
  });
  const times = (evaluated?.values ?? []).map(([second]) => second);
  expect(Math.max(...times.slice(1).map((second, i) => second - (times[i] ?? 0)))).toBeLessThanOrEqual(2);
});

test("a corrected file comes in force whole; an alert of an unchanged rule stays as it was, one of a rule that is gone ends", async () => {
  await using haltwatch = haltwatchOf({ "rules.yml": GOOD });
  const process = await haltwatch.start();
  const { Waits: before } = await alertsOf(process);

  haltwatch.write(
    "rules.yml",
    GOOD.replace("- alert: Fires", "- alert: New").replace(/$/, OTHER.slice("groups:\n".length)),
  );
  process.signal("SIGHUP");
  await process.until("it is in force", async () => process.logged("reloaded").length === 1 || undefined);

  const { Waits: after, New: fresh } = await alertsOf(process);
  expect(after).toEqual(before);
  expect(fresh?.state).toBe("firing");
  expect(await groupsOf(process)).toEqual(["limits", "other"]);
  await process.until("the new group is evaluated", async () => (await value(process, "x:double")) ?? undefined);
  expect(await value(process, 'ALERTS{alertname="Fires"}')).toBeUndefined();

  // A longer or shorter `for` begins nothing anew.
  haltwatch.write("rules.yml", GOOD.replace("1h", "1s"));
  expect((await reload(process)).status).toBe(200);
  const fired = await process.until("its shorter `for` is over", async () => {
    const { Waits } = await alertsOf(process);
    return Waits?.state === "firing" ? Waits : undefined;
  });
  expect(fired.activeAt).toBe(before?.activeAt);
  expect(await groupsOf(process)).toEqual(["limits"]);
  expect(await value(process, "x:double")).toBeUndefined();
});

test("only who has the control token reloads, and settings that are wrong are refused with their place", async () => {
  await using haltwatch = haltwatchOf({ "rules.yml": GOOD });
  const process = await haltwatch.start();
  const before = await stateOf(process);

  expect((await reload(process, "another")).status).toBe(401);
  haltwatch.write("haltwatch.toml", `${SETTINGS.replace("ADDRESS", address)}scrape_intervall = "1s"\n`);
  const refused = await reload(process);

  expect(refused.status).toBe(500);
  expect(refused.text).toContain("scrape_intervall");
  expect(process.logged("reload_failed")).toHaveLength(1);
  expect(await stateOf(process)).toEqual(before);
  const metrics = await (await fetch(`${process.url}/metrics`)).text();
  expect(metrics).toContain("haltwatch_config_last_reload_successful 0");
});

/** What an instant query gives now. */
async function value(process: HaltwatchProcess, query: string): Promise<string | undefined> {
  const response = await fetch(`${process.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }; // Prometheus's HTTP API
  return data.result[0]?.value[1];
}
