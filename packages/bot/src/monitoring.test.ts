import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { startMonitoring } from "./monitoring.ts";

const QUIET = { metrics_enabled: false, process_metrics: false } as const;

test("F3 without a link the guard allows nothing, and says what to configure", async () => {
  await using monitoring = await startMonitoring(QUIET, { env: {} });

  expect(monitoring.link).toBe(undefined);
  expect(monitoring.guard.allowed("open")).toBe(false);
  expect(() => monitoring.guard.check("open")).toThrow("no link_url is configured");
});

test("trading on without Haltwatch is a choice that has to be made", async () => {
  await using monitoring = await startMonitoring({ ...QUIET, lost_lease: "open" }, { env: {} });

  expect(monitoring.guard.allowed("open")).toBe(true);
});

test("a configured link is tried, also where metrics are switched off, and ended with the rest", async () => {
  const haltwatch = createServer().listen(0, "127.0.0.1");
  await once(haltwatch, "listening");
  const address = haltwatch.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const asked = once(haltwatch, "upgrade");
  const monitoring = await startMonitoring(
    { ...QUIET, bot_name: "arb-1", link_url: `http://127.0.0.1:${address.port}`, link_token: "env:LINK_TOKEN" },
    { env: { LINK_TOKEN: "secret" } },
  );

  const [request, socket] = await asked;
  expect(request.url).toBe("/api/haltwatch/link");
  expect(request.headers.authorization).toBe("Bearer secret");
  expect(monitoring.guard.allowed("open")).toBe(false);

  const ended = once(socket, "end");
  socket.resume();
  await monitoring.stop();
  await ended;
  socket.destroy();
  haltwatch.close();
});

test("a link's token that is not there is found at the start", async () => {
  const started = startMonitoring(
    { ...QUIET, bot_name: "arb-1", link_url: "http://127.0.0.1:1", link_token: "env:LINK_TOKEN" },
    { env: {} },
  );

  await expect(started).rejects.toMatchObject({ code: "SECRET_MISSING" });
});
