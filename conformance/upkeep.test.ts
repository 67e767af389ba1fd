import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonLog } from "@haltwatch/bot";
import { Haltwatch, readServerConfig } from "@haltwatch/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-upkeep-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function haltwatch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: folder, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

function settings(toml: string): void {
  writeFileSync(join(folder, "haltwatch.toml"), toml);
}

describe("haltwatch health", () => {
  test("D1 one JSON, one overall status, each check's own, UTC, exit code 1 where something is unhealthy", async () => {
    settings('[health]\nnetwork = ["127.0.0.1:1"]\n[thresholds]\nhealth.cpu_percent_max = 100\n');

    const { code, stdout } = await haltwatch(["health", "--json"]);

    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report).toMatchObject({ status: "unhealthy", time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
    const kinds = report.checks.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(["cpu", "memory", "disk", "inodes", "file-descriptors", "network"]);
    expect(report.checks[0]).toMatchObject({ limit: 100 });
    expect(report.checks[1]).toMatchObject({ limit: 85 });
    expect(report.checks.at(-1)).toMatchObject({ name: "127.0.0.1:1", status: "unhealthy" });
  });

  test("D1 a table for people, exit code 0 where all is well, 2 for wrong settings", async () => {
    const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on a port
    settings(
      `[health]\nnetwork = ["127.0.0.1:${port}"]\n[[health.targets]]\nkind = "http"\nname = "page"\nurl = "http://127.0.0.1:${port}"\n[thresholds]\nhealth.cpu_percent_max = 100\nhealth.memory_percent_max = 100\nhealth.disk_percent_max = 100\n`,
    );

    const well = await haltwatch(["health"]);
    server.close();
    settings('[health]\nnetwork = ["nowhere"]\n');
    const wrong = await haltwatch(["health"]);

    expect(well.stdout).toMatch(/is well at \d{4}-.*Z\n\nok +cpu +limit 100 %/);
    expect(well.stdout).toMatch(/^ok +http page .*status 200/m);
    expect(well.code).toBe(0);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/haltwatch\.toml:2:\d+: health\.network\[0\]: "nowhere" has no port/);
  });
});

test("D3 haltwatch backup check tells the newest one's age and size, and ends with 1 where it is too small", async () => {
  settings('[[backups]]\nname = "daily"\npath = "*.db"\n');
  writeFileSync(join(folder, "copy.db"), Buffer.alloc(10));

  const small = await haltwatch(["backup", "check"]);
  writeFileSync(join(folder, "copy.db"), Buffer.alloc(5_000));
  const well = await haltwatch(["backup", "check", "--json"]);

  expect(small).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^BAD {2}daily .*10 bytes, smaller than 1024 bytes\n$/),
  });
  expect(well.code).toBe(0);
  expect(JSON.parse(well.stdout)).toMatchObject([{ name: "daily", status: "ok", size_bytes: 5000 }]);
});

test("D2 haltwatch schedule tells when, and says it in systemd's and cron's words", async () => {
  settings('[schedule]\ntime_zone = "Europe/Berlin"\nbackup = ""\n');

  const [list, timers, cron] = await Promise.all([
    haltwatch(["schedule", "list"]),
    haltwatch(["schedule", "export"]),
    haltwatch(["schedule", "export", "--format", "crontab"]),
  ]);

  expect(list.stdout).toMatch(/^report {2}0 9 \* \* \* {2}Europe\/Berlin\n {8}\d{4}-.*Z \(.*09:00\)$/m);
  expect(timers.stdout).toContain("OnCalendar=*-*-* 09:00:00 Europe/Berlin");
  expect(cron.stdout).toMatch(/^\*\/5 \* \* \* \* \S+ \S+main\.ts health -c \S+haltwatch\.toml$/m);
  expect(cron.stdout).not.toContain("backup");
});

describe("haltwatch report", () => {
  /** A stand-in for Telegram's Bot API that notes what it is sent. */
  let telegram: Server;
  const taken: { readonly method: string; readonly form: FormData }[] = [];
  beforeEach(async () => {
    taken.length = 0;
    telegram = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const headers = { "content-type": request.headers["content-type"] ?? "" };
        const form = await new Response(Buffer.concat(chunks), { headers }).formData();
        taken.push({ method: request.url?.split("/").at(-1) ?? "", form });
        response.setHeader("content-type", "application/json").end('{"ok":true,"result":{}}');
      });
    }).listen(0, "127.0.0.1");
    await once(telegram, "listening");
  });
  afterEach(() => telegram.close());

  test("D4 is made, kept, sent by Telegram with its picture, listed, and written as a page", async () => {
    const { port } = telegram.address() as AddressInfo; // it listens on a port
    settings(`[web]\nlisten = "127.0.0.1:0"\ncontrol_token = "env:CONTROL"\n[storage]\npath = ":memory:"
[schedule]\ntime_zone = "Europe/Berlin"\nhealth = ""
[notify]\ntelegram_bot_token = "env:TOKEN"\ntelegram_chat_id = 7\ntelegram_api_url = "http://127.0.0.1:${port}"\n`);
    const env = { CONTROL: "control", TOKEN: "1:abc" };
    const readConfig = () => readServerConfig({ file: join(folder, "haltwatch.toml"), env });
    await using running = await Haltwatch.start({
      config: readConfig(),
      readConfig,
      env,
      log: JsonLog.silent(),
      version: "1",
    });
    const url = ["--url", running.url];
    const token = { HALTWATCH_CONTROL_TOKEN: "control" };

    const sent = await haltwatch(
      ["report", "daily", "--date", "2026-10-25", "--send", "--out", "sent.html", ...url],
      token,
    );
    while (taken.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const listed = await haltwatch(["report", "list", ...url]);
    const page = await haltwatch(["report", "daily", "--time-zone", "America/New_York", "--out", "page.html", ...url]);
    const wrong = await haltwatch(["report", "daily", "--date", "2026-02-30", ...url], token);

    expect(sent.stdout).toMatch(
      /^Daily report · 25 Oct 2026 · Europe\/Berlin\n\n {2}Nothing is known of this day: nobody watched\n[\s\S]*Sent to 1 channel\./,
    );
    expect(readFileSync(join(folder, "sent.html"), "utf8")).toContain("(a day of 25 hours)");
    expect(listed.stdout).toMatch(/^daily-2026-10-25-europe-berlin {2}made \S+Z {2}sent \S+Z\n$/);
    expect(page).toMatchObject({ code: 0, stdout: "page.html\n" });
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("America/New_York");
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('"2026-02-30" is no day') });
    const [message] = taken;
    expect(message?.method).toBe("sendPhoto");
    expect(message?.form.get("caption")).toMatch(
      /^🔵 <b>Daily report · 25 Oct 2026 · Europe∕Berlin<\/b>|^🔵 <b>Daily report · 25 Oct 2026 · Europe\/Berlin<\/b>/,
    );
    expect(message?.form.get("caption")).toContain("Nothing is known of this day");
    expect(message?.form.get("disable_notification")).toBe("true");
    const photo = message?.form.get("photo");
    expect(photo instanceof Blob && photo.size > 5_000).toBe(true);
  });

  test("D4 is kept with its own policy, and nobody without a token makes one", async () => {
    settings(
      '[web]\nlisten = "127.0.0.1:0"\ncontrol_token = "env:CONTROL"\n[storage]\npath = ":memory:"\n[schedule]\nhealth = ""\n',
    );
    const env = { CONTROL: "control" };
    const readConfig = () => readServerConfig({ file: join(folder, "haltwatch.toml"), env });
    await using running = await Haltwatch.start({
      config: readConfig(),
      readConfig,
      env,
      log: JsonLog.silent(),
      version: "1",
    });
    const ask = (path: string, init: RequestInit = {}) => fetch(`${running.url}/api/haltwatch/reports${path}`, init);
    const headers = { authorization: "Bearer control", "content-type": "application/json" };

    expect((await ask("", { method: "POST", body: "{}" })).status).toBe(401);
    expect((await ask("", { method: "POST", headers, body: '{"date":"2026-10-25"}' })).status).toBe(200);
    const page = await ask("/daily-2026-10-25-utc");

    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect((await ask("/daily-2026-10-25-utc.png")).headers.get("content-type")).toBe("image/png");
    expect((await ask("/daily-2026-10-24-utc")).status).toBe(404);
    expect((await ask("/daily?time_zone=Mars")).status).toBe(400);
  });
});

test("D2 haltwatch export systemd writes units", async () => {
  settings("");

  const { code, stdout } = await haltwatch(["export", "systemd", "units"]);

  expect(code).toBe(0);
  expect(stdout).toContain("units/haltwatch.service\n");
  expect(readFileSync(join(folder, "units/haltwatch.service"), "utf8")).toContain("Type=notify");
});
