/** The page as the real process serves it: its files, the stream of events, and the overview beside the API that it sums up. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";

const TOKENS = { HW_READ: "read-token", HW_CONTROL: "control-token" };

const SETTINGS = `
[web]
control_token = "env:HW_CONTROL"
[storage]
path = ":memory:"
[packs]
enabled = ["trading", "betting"]
[rules]
files = ["rules.yml"]
evaluation_interval = "1s"
`;

const RULES = `
groups:
  - name: always
    rules:
      - { alert: Always, expr: vector(1), labels: { severity: warning, bot: t-1 } }
      - { alert: Soon, expr: vector(1), for: 1h, labels: { severity: critical } }
`;

const CONTROL = { Authorization: `Bearer ${TOKENS.HW_CONTROL}`, "Content-Type": "application/json" };

function withReadToken(): RealHaltwatch {
  const settings = SETTINGS.replace("[storage]", 'read_token = "env:HW_READ"\n[storage]');
  return new RealHaltwatch({ "haltwatch.toml": settings, "rules.yml": RULES }, TOKENS);
}

async function post(url: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${url}${path}`, { method: "POST", headers: CONTROL, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Events as they come, with when they came, by this process's monotonic clock. */
async function* eventsOf(url: string): AsyncGenerator<{ name: string; data: Record<string, unknown>; atMs: number }> {
  const { body } = await fetch(`${url}/api/haltwatch/events`);
  let text = "";
  for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const atMs = performance.now();
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const [name = "", data = ""] = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      yield { name: name.slice("event: ".length), data: JSON.parse(data.slice("data: ".length)), atMs };
    }
  }
}

interface ShownOverview {
  readonly worst: string;
  readonly config_hash: string;
  readonly alerts: { readonly firing: number; readonly pending: number; readonly warning: number };
  readonly targets: Readonly<Record<string, number>>;
  readonly bots: readonly { readonly bot: string; readonly state: string; readonly pauses: readonly object[] }[];
}

function overview({ url }: HaltwatchProcess): Promise<ShownOverview> {
  return apiData<ShownOverview>(url, "/api/haltwatch/overview");
}

describe("the page", () => {
  const open = new RealHaltwatch({ "haltwatch.toml": SETTINGS, "rules.yml": RULES }, TOKENS);
  const closed = withReadToken();
  let haltwatch: HaltwatchProcess;
  let guarded: HaltwatchProcess;

  beforeAll(async () => {
    [haltwatch, guarded] = await Promise.all([open.start(), closed.start()]);
  });

  afterAll(async () => {
    await Promise.all([open[Symbol.asyncDispose](), closed[Symbol.asyncDispose]()]);
  });

  test("and all that it loads is served under a strict policy, without a token", async () => {
    const { url } = guarded;

    const page = await fetch(`${url}/`);
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path = ""]) => path);

    expect(page.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' /,
    );
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|(?:src|href)="(?:https?:)?\/\//);
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      const { status, headers } = await fetch(`${url}/${asset}`);
      expect([asset, status, headers.get("x-content-type-options")]).toEqual([asset, 200, "nosniff"]);
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
    }
  });

  test("what it shows needs the token where one is configured", async () => {
    const { url } = guarded;
    const paths = ["overview", "events", "dashboards", "dashboards/x", "runbooks/x", "openapi.json", "journal?limit=1"];
    const statuses = async (token: string): Promise<number[]> => {
      const headers = { Authorization: `Bearer ${token}` };
      const asked = await Promise.all(paths.map((path) => fetch(`${url}/api/haltwatch/${path}`, { headers })));
      await Promise.all(asked.map(({ body }) => body?.cancel()));
      return asked.map(({ status }) => status);
    };

    expect(await statuses("wrong")).toEqual(paths.map(() => 401));
    expect(await statuses(TOKENS.HW_READ)).toEqual([200, 200, 200, 404, 404, 200, 200]);
  });

  test("a pause is on an open page within 100 ms, and an arm too", async () => {
    const { url } = haltwatch;
    const events = eventsOf(url);
    expect((await events.next()).value?.name).toBe("hello");
    const next = async (name: string) => {
      for (;;) {
        const { value, done } = await events.next();
        if (done === true) throw new Error("the stream has ended");
        if (value.name === name) return value;
      }
    };

    const tookMs: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      const begunMs = performance.now();
      const pausing = post(url, "/api/haltwatch/pause", { scope: `bot:p-${count}`, reason: "r", by: "me" });
      const { data, atMs } = await next("pause");
      expect(data).toMatchObject({ pause: { scope: `bot:p-${count}`, state: "HALTED", reason: "r", by: "me" } });
      tookMs.push(atMs - begunMs);
      await pausing;
    }
    await post(url, "/api/haltwatch/arm", { scope: "bot:p-0", reason: "seen", by: "me" });

    expect((await next("arm")).data).toMatchObject({ scope: "bot:p-0", by: "me", reason: "seen", state: "ACTIVE" });
    await events.return(undefined);
    // Asked, paused and told; what else this machine does can only make it longer.
    expect(Math.min(...tookMs)).toBeLessThan(100);
  });

  test("the overview says what the API says", async () => {
    const { url } = haltwatch;
    await post(url, "/api/haltwatch/pause", { scope: "bot:t-1", reason: "r", by: "me" });
    await haltwatch.until("its rules are evaluated", async () => {
      const alerts = await haltwatch.alerts();
      return alerts.filter(({ labels }) => labels["alertname"] === "Always").length > 0 ? true : undefined;
    });
    const shown = await haltwatch.until("both say the same", async () => {
      const [alerts, view] = [await haltwatch.alerts(), await overview(haltwatch)];
      const firing = alerts.filter(({ state }) => state === "firing");
      const isSame = view.alerts.firing === firing.length && view.alerts.pending === alerts.length - firing.length;
      return isSame ? view : undefined;
    });

    expect(shown.alerts.warning).toBeGreaterThanOrEqual(1);
    expect(shown.worst).toBe("paused");
    const { activeTargets } = await apiData<{ activeTargets: readonly object[] }>(url, "/api/v1/targets");
    expect(Object.values(shown.targets).reduce((sum, one) => sum + one, 0)).toBe(activeTargets.length);
    expect(shown.bots.find(({ bot }) => bot === "t-1")).toMatchObject({
      state: "HALTED",
      pauses: (await apiData<{ scope: string }[]>(url, "/api/haltwatch/pauses")).filter(
        ({ scope }) => scope === "bot:t-1",
      ),
      alerts: { warning: 1 },
    });
    expect(shown.config_hash).toBe((await apiData<{ hash: string }>(url, "/api/haltwatch/config")).hash);
  });

  test("the stream beats each second, and ends when Haltwatch is told to stop", async () => {
    await using one = new RealHaltwatch({ "haltwatch.toml": SETTINGS, "rules.yml": RULES }, TOKENS);
    const process = await one.start();
    const beats: number[] = [];
    let stopping: Promise<number | null> | undefined;

    for await (const { name, data, atMs } of eventsOf(process.url)) {
      if (name !== "beat") continue;
      expect(Object.keys(data)).toEqual(["now", "last_sample", "last_evaluation", "worst", "firing", "paused"]);
      beats.push(atMs);
      if (beats.length === 3) stopping = process.end("SIGTERM");
    }

    expect(await stopping).toBe(0);
    expect((beats[2] ?? 0) - (beats[0] ?? 0)).toBeGreaterThan(1_500);
  });

  test("the journal comes page by page, newest first", async () => {
    const { url } = haltwatch;
    for (const bot of ["a", "b", "c"])
      await post(url, "/api/haltwatch/pause", { scope: `bot:${bot}`, reason: `because of ${bot}`, by: "me" });
    type Entries = readonly { readonly seq: number; readonly why: string }[];
    const page = (query: string): Promise<Entries> =>
      apiData<Entries>(url, `/api/haltwatch/journal?kind=pause&${query}`);

    const first = await page("limit=2&search=because%20of");
    const second = await page(`limit=2&search=because%20of&before=${first.at(-1)?.seq}`);

    expect(first.map(({ why }) => why)).toEqual(["because of c", "because of b"]);
    expect(second.map(({ why }) => why)).toEqual(["because of a"]);
    expect((await page("limit=9&search=OF%20B")).map(({ why }) => why)).toEqual(["because of b"]);
    expect((await fetch(`${url}/api/haltwatch/journal?limit=x`)).status).toBe(400);
  });

  test("every part of Haltwatch's own API says what it is for, and the runbook of an alert is found", async () => {
    const { url } = haltwatch;
    const { paths } = (await (await fetch(`${url}/api/haltwatch/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { readonly summary: string }>>;
    };

    const silent = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { summary }]) => (summary === "" ? [`${method} ${path}`] : [])),
    );
    expect(silent).toEqual([]);
    expect(Object.keys(paths)).toContain("/api/haltwatch/dashboards/{uid}");
    const path = "/api/haltwatch/runbooks/TradingSnapshotStale";
    expect(await apiData<object>(url, path)).toMatchObject({
      pack: "trading",
      markdown: expect.stringMatching(/^## TradingSnapshotStale\n/),
    });
  });
});
