import type { JournalNote } from "@haltwatch/guard";
import { expect, test } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { FoldedNotes } from "./folded-notes.ts";

const note = (what: string): JournalNote => ({ timeMs: 0, kind: "refused", who: "10.0.0.1", what, why: "" });

test("a flood is ten entries a minute and one that counts the rest; another kind is not hidden by it", () => {
  const clock = new HandClock(0);
  const written: string[] = [];
  using notes = new FoldedNotes(({ what }) => written.push(what), clock);

  for (let i = 0; i < 1000; i++) notes.add("token", note(`wrong token ${i}`));
  notes.add("frame", note("malformed frame"));
  expect(written).toHaveLength(11);
  clock.turn(60_000);

  expect(written.slice(10)).toEqual(["malformed frame", "990 more like this within 60 s, the last: wrong token 999"]);
  expect(clock.waiting).toBe(0);
});

test("what is counted is written at the end", () => {
  const written: JournalNote[] = [];
  const notes = new FoldedNotes((one) => written.push(one), new HandClock(0));
  for (let i = 0; i < 12; i++) notes.add("token", note("x"));

  notes[Symbol.dispose]();

  expect(written.at(-1)?.data).toEqual({ folded: 2 });
});
