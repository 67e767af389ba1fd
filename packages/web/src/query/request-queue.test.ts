import { expect, test } from "vitest";
import { RequestQueue } from "./request-queue.ts";

test("five at once, the rest waits; the same question is asked once", async () => {
  const queue = new RequestQueue();
  const gates = Array.from({ length: 8 }, () => Promise.withResolvers<number>());
  let running = 0;
  let asked = 0;
  let most = 0;
  const { signal } = new AbortController();
  const ask = (index: number) =>
    queue.ask(
      `q${index}`,
      async () => {
        asked++;
        most = Math.max(most, ++running);
        const result = await gates[index]?.promise;
        running--;
        return result;
      },
      signal,
    );

  const answers = Promise.all([...gates.keys(), 0, 1].map(ask));
  for (const [index, gate] of gates.entries()) gate.resolve(index);

  expect(await answers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1]);
  expect(most).toBe(5);
  expect(asked).toBe(8);
});

test("a question is called off when nobody waits for it any more", async () => {
  const queue = new RequestQueue();
  const [one, other] = [new AbortController(), new AbortController()];
  let called: AbortSignal | undefined;
  const run = (signal: AbortSignal): Promise<never> => {
    called = signal;
    return new Promise(() => undefined);
  };
  const first = queue.ask("q", run, one.signal);
  const second = queue.ask("q", run, other.signal);

  one.abort();
  await expect(first).rejects.toThrow("called off");
  expect(called?.aborted).toBe(false);

  other.abort();
  await expect(second).rejects.toThrow("called off");
  expect(called?.aborted).toBe(true);
});

test("a fault reaches all who asked", async () => {
  const queue = new RequestQueue();
  const { signal } = new AbortController();
  const run = () => Promise.reject(new Error("down"));

  const answers = await Promise.allSettled([queue.ask("q", run, signal), queue.ask("q", run, signal)]);

  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
