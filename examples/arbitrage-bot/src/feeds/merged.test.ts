import { expect, test } from "vitest";
import { all, stream } from "../testing/quotes.ts";
import { byTime, inOrder, merged, until } from "./merged.ts";

const at = (timeMs: number, from = "") => ({ timeMs, from });

test("sources are merged by time; at the same time the earlier source comes first", async () => {
  const events = await all(
    merged([
      stream(at(1, "a"), at(3, "a")),
      stream(at(1, "b"), at(2, "b"), at(4, "b")),
      stream<ReturnType<typeof at>>(),
    ]),
  );

  expect(events.map(({ timeMs, from }) => `${timeMs}${from}`)).toEqual(["1a", "1b", "2b", "3a", "4b"]);
});

test("A10 whoever stops reading ends the sources: no file stays open", async () => {
  const ended: string[] = [];
  async function* source(name: string) {
    try {
      while (true) yield at(1, name);
    } finally {
      ended.push(name);
    }
  }

  for await (const _ of merged([source("a"), source("b")])) break;

  expect(ended).toEqual(["a", "b"]);
});

test("what comes late is taken at the time of the one before, and told", async () => {
  let late = 0;
  const events = await all(inOrder(stream(at(5), at(4), at(6)), () => late++));

  expect(events.map(({ timeMs }) => timeMs)).toEqual([5, 5, 6]);
  expect(late).toBe(1);
});

test("those of one time come together, and an end is an end", async () => {
  const groups = await all(byTime(until(9, stream(at(1), at(1), at(2), at(9), at(3)))));

  expect(groups.map((group) => group.length)).toEqual([2, 1]);
});
