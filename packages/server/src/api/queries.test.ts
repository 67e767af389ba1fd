import { performance } from "node:perf_hooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiServer } from "./server.ts";
import { ApiFixture, asked, NOW_MS } from "./testing/api-fixture.ts";

/** Evaluates 11,001 steps: enough that it is looked whether there is still time. */
const LONG = `query_range?query=x&start=${NOW_MS / 1000 - 11_000}&end=${NOW_MS / 1000}&step=1`;

let fixture: ApiFixture;
let api: ApiServer | undefined;

beforeEach(() => {
  fixture = new ApiFixture();
  fixture.set({ __name__: "x" }, 1);
});
afterEach(async () => {
  await api?.stop();
  fixture[Symbol.dispose]();
});

test("a query may wait long, and is stopped when it has been evaluated for its time", async () => {
  api = await fixture.start({}, { timeoutMs: 60_000, evaluationTimeoutMs: 0 });

  const [status, body] = await asked(api, `/api/v1/${LONG}`);

  expect(status).toBe(503);
  expect(body).toMatchObject({ errorType: "timeout", error: "query timed out in query execution" });
});

test("after a query that took long others have as much time; the answer does not wait for that", async () => {
  const tookMs = 200;
  const { store } = fixture;
  const select = store.select.bind(store);
  store.select = (...given) => {
    const begun = performance.now();
    while (performance.now() - begun < tookMs); // as a heavy query does
    return select(...given);
  };
  api = await fixture.start({}, { maxConcurrent: 1 });
  const server = api;
  const ask = async (): Promise<number> => {
    await asked(server, "/api/v1/query?query=x");
    return performance.now();
  };

  const begun = performance.now();
  const [first = 0, second = 0] = (await Promise.all([ask(), ask()])).sort((a, b) => a - b);

  expect(first - begun).toBeLessThan(2 * tookMs);
  expect(second - first).toBeGreaterThanOrEqual(1.9 * tookMs);
});
