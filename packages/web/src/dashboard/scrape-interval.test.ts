import { expect, test } from "vitest";
import type { Api } from "../api/http.ts";
import { scrapeInterval } from "./scrape-interval.ts";

function answering(answer: () => Promise<unknown>): Api {
  const refuse = (): Promise<never> => Promise.reject(new Error("not here"));
  return { get: answer, post: refuse, delete: refuse, text: refuse };
}

test.each([
  [{ activeTargets: [{ scrapeInterval: "1s" }, { scrapeInterval: "30s" }] }, 30_000],
  [{ activeTargets: [{ scrapeInterval: "1s" }] }, 5000],
  [{ activeTargets: [] }, 15_000],
  [{ activeTargets: [{ scrapeInterval: "soon" }, 7, null] }, 15_000],
  [null, 15_000],
])("of %j it is %i ms", async (answer, expected) => {
  expect(
    await scrapeInterval(
      answering(async () => answer),
      new AbortController().signal,
    ),
  ).toBe(expected);
});

test("a fault gives the default, what is called off is told", async () => {
  const failing = answering(() => Promise.reject(new Error("down")));

  expect(await scrapeInterval(failing, new AbortController().signal)).toBe(15_000);
  await expect(scrapeInterval(failing, AbortSignal.abort())).rejects.toThrow(/abort/i);
});
