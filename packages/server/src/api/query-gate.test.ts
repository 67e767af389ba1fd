import { expect, test } from "vitest";
import { QueryGate } from "./query-gate.ts";

function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, letGo: resolve };
}

const PATIENT = { signal: new AbortController().signal, timeoutMs: 10_000 };

test("no more than so many at a time; the others follow in the order they came", async () => {
  const gate = new QueryGate(2);
  const holds = [held(), held(), held(), held()];
  const begun: number[] = [];

  const all = holds.map((hold, index) =>
    gate.run(() => {
      begun.push(index);
      return hold.promise;
    }, PATIENT),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(begun).toEqual([0, 1]);
  holds[1]?.letGo();
  await all[1];
  await new Promise((resolve) => setTimeout(resolve, 5));

  expect(begun).toEqual([0, 1, 2]);
  for (const hold of holds) hold.letGo();
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("who goes away or waits too long is out, and takes nobody's place", async () => {
  const gate = new QueryGate(1);
  const hold = held();
  const away = new AbortController();
  const first = gate.run(() => hold.promise, PATIENT);

  const gone = gate.run(() => "never", { signal: away.signal, timeoutMs: 10_000 });
  const late = gate.run(() => "never", { ...PATIENT, timeoutMs: 5 });
  const last = gate.run(() => "answered", PATIENT);
  away.abort();

  await expect(gone).rejects.toMatchObject({ type: "canceled", message: "query was canceled in query queue" });
  await expect(late).rejects.toMatchObject({ type: "timeout", message: "query timed out in query queue" });
  hold.letGo();
  await first;
  expect(await last).toBe("answered");
});

test("one that fails leaves its place", async () => {
  const gate = new QueryGate(1);
  const fail = () => {
    throw new Error("no");
  };

  await expect(gate.run(fail, PATIENT)).rejects.toThrow("no");

  expect(await gate.run(() => 1, PATIENT)).toBe(1);
});
