import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Journal } from "./journal.ts";
import { canonicalJson, type JournalKind } from "./journal-entry.ts";
import { verifyLines } from "./verify-journal.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let folder: string;
let store: Store;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-journal-"));
  store = new Store({ path: join(folder, "test.db"), commitIntervalMs: 0, now: () => NOW_MS });
  journal = new Journal(store.tables);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("writing", () => {
  test("entries say who, what, why and when in UTC, and are found by time and kind", () => {
    for (let i = 0; i < 3; i++) add(i, i === 1 ? "start" : "note");

    expect([...journal.entries({ kind: "start" })]).toMatchObject([{ seq: 2, who: "ada", what: "entry 1", why: "x" }]);
    expect([...journal.entries({ fromMs: NOW_MS + 1, toMs: NOW_MS + 2 })].map(({ seq }) => seq)).toEqual([2, 3]);
    expect([...journal.export()][0]).toMatch(
      /^\{"data":\{"i":0\},"kind":"note","seq":1,"time":"2026-01-02T03:04:05\.678Z","what":"entry 0","who":"ada","why":"x","hash":"[0-9a-f]{64}"\}$/,
    );
  });

  test("entries are read from the newest on, page by page, too", () => {
    for (let i = 0; i < 1_203; i++) add(i, i % 3 === 0 ? "start" : "note");
    const oldestFirst = [...journal.entries()];

    expect([...journal.newestFirst()]).toEqual(oldestFirst.toReversed());
    expect([...journal.newestFirst({ beforeSeq: 700, kind: "start" })]).toEqual(
      oldestFirst.filter(({ seq, kind }) => seq < 700 && kind === "start").toReversed(),
    );
    expect([...journal.newestFirst({ beforeSeq: 1 })]).toEqual([]);
  });

  test("the chain can be recomputed by anybody: SHA-256 of the hash before and the canonical JSON", () => {
    for (let i = 0; i < 3; i++) add(i);
    let previous = "0".repeat(64);
    for (const line of journal.export()) {
      const { hash, ...entry } = JSON.parse(line) as Record<string, unknown>;
      const text = line.replace(`,"hash":"${String(hash)}"`, "");
      expect(JSON.parse(text)).toEqual(entry);
      previous = createHash("sha256")
        .update(previous + text)
        .digest("hex");
      expect(hash).toBe(previous);
    }
    expect(journal.head()).toEqual({ seq: 3, hash: previous });
  });

  test("an entry goes with the change that it tells of", () => {
    add(0);
    expect(() =>
      store.tables.transaction(() => {
        journal.appendWithin({ timeMs: NOW_MS, kind: "note", who: "a", what: "b", why: "c" });
        throw new Error("undone");
      }),
    ).toThrow("undone");
    add(1);

    expect([...journal.entries()].map(({ what }) => what)).toEqual(["entry 0", "entry 1"]);
    expect(journal.verify().fault).toBeUndefined();
  });

  test("many entries are read in their order", () => {
    store.tables.transaction(() => {
      for (let i = 0; i < 1234; i++)
        journal.appendWithin({ timeMs: NOW_MS, kind: "note", who: "a", what: `${i}`, why: "" });
    });

    expect([...journal.entries()].map(({ what }) => Number(what))).toEqual(Array.from({ length: 1234 }, (_, i) => i));
    expect(journal.verify()).toMatchObject({ entries: 1234, fault: undefined });
  });

  test("what JSON does not have, and what is too large, is refused", () => {
    const note = { timeMs: NOW_MS, kind: "note", who: "a", what: "b", why: "c" } as const;
    expect(() => journal.append({ ...note, data: { x: Number.NaN } })).toThrow(
      expect.objectContaining({ code: "INVALID" }),
    );
    expect(() => journal.append({ ...note, what: "x".repeat(70_000) })).toThrow(
      expect.objectContaining({ code: "INVALID" }),
    );
    expect(journal.head().seq).toBe(0);
  });

  test("canonical JSON sorts keys as RFC 8785 does, and is read back as the same", () => {
    expect(canonicalJson({ b: [1, { d: null, c: 1e21 }], a: '\u2028"é', "€": -0, "\r": true })).toBe(
      '{"\\r":true,"a":"\u2028\\"é","b":[1,{"c":1e+21,"d":null}],"€":0}',
    );
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value as string);
        expect(canonicalJson(JSON.parse(text) as string)).toBe(text);
      }),
    );
  });
});

describe("F4 verification names the first entry", () => {
  beforeEach(() => {
    for (let i = 0; i < 6; i++) add(i);
  });

  test("nothing is wrong with what nobody touched", () => {
    expect(verifyLines([...journal.export(), ""])).toEqual({ entries: 6, head: journal.head(), fault: undefined });
    expect(journal.verify(journal.head())).toEqual({ entries: 6, head: journal.head(), fault: undefined });
  });

  test.each<[string, (lines: string[]) => string[], string, number]>([
    ["changed", (l) => l.with(2, at(l, 2).replace("entry 2", "entry X")), "changed", 3],
    ["changed time", (l) => l.with(2, at(l, 2).replace("05.680Z", "06.680Z")), "changed", 3],
    ["removed", (l) => l.toSpliced(2, 2), "removed", 3],
    ["first removed", (l) => l.slice(1), "removed", 1],
    ["inserted", (l) => l.toSpliced(3, 0, at(l, 1)), "inserted", 2],
    ["doubled", (l) => l.toSpliced(3, 0, at(l, 2)), "inserted", 3],
    ["reordered", (l) => l.with(2, at(l, 3)).with(3, at(l, 2)), "reordered", 3],
    ["moved to the end", (l) => [...l.toSpliced(1, 1), at(l, 1)], "reordered", 2],
    ["unreadable", (l) => l.with(4, "{}"), "unreadable", 5],
    ["no JSON", (l) => l.with(4, "entry"), "unreadable", 5],
    ["without its hash", (l) => l.with(4, at(l, 4).replace(/,"hash":"\w+"/, "")), "changed", 5],
    ["another hash", (l) => l.with(5, at(l, 5).replace(/"hash":"./, '"hash":"x')), "changed", 6],
  ])("%s", (_name, tamper, kind, seq) => {
    const { fault, entries } = verifyLines(tamper([...journal.export()]));

    expect(fault).toMatchObject({ kind, seq });
    expect(entries).toBeLessThan(6);
  });

  test("the end is missing: seen against a head that was kept elsewhere", () => {
    const head = journal.head();
    const cut = [...journal.export()].slice(0, 4);

    expect(verifyLines(cut).fault).toBeUndefined();
    expect(verifyLines(cut, [head]).fault).toMatchObject({
      kind: "removed",
      seq: 5,
      message: "entries 5 to 6 are missing",
    });
  });

  test("written anew from some entry on: seen against a head that was kept elsewhere", () => {
    const head = journal.head();
    const forged = mkdtempSync(join(tmpdir(), "haltwatch-forged-"));
    using other = new Store({ path: join(forged, "test.db"), commitIntervalMs: 0, now: () => NOW_MS });
    const anew = new Journal(other.tables);
    for (let i = 0; i < 6; i++) anew.append({ timeMs: NOW_MS, kind: "note", who: "eve", what: "nothing", why: "" });
    const lines = [...anew.export()];
    rmSync(forged, { recursive: true });

    expect(verifyLines(lines).fault).toBeUndefined();
    expect(verifyLines(lines, [head]).fault).toMatchObject({ kind: "changed", seq: 6 });
  });

  test.each([
    ["an entry was changed", "UPDATE journal SET entry = replace(entry, 'ada', 'eve') WHERE seq = 2", "changed", 2],
    ["a kind that is searched by was changed", "UPDATE journal SET kind = 'arm' WHERE seq = 2", "changed", 2],
    ["an entry was removed", "DELETE FROM journal WHERE seq = 3", "removed", 3],
    ["the end was removed", "DELETE FROM journal WHERE seq > 4", "removed", 5],
    ["all was removed", "DELETE FROM journal", "removed", 1],
    ["an entry was numbered anew", "UPDATE journal SET seq = 10 WHERE seq = 2", "reordered", 2],
  ])("in the file: %s", (_name, sql, kind, seq) => {
    store.tables.run(sql);
    expect(journal.verify().fault).toMatchObject({ kind, seq });

    // What is written afterwards does not cover it up.
    add(9);
    expect(journal.verify().fault).toMatchObject({ kind, seq });
  });

  test("any single change of any character is found", () => {
    const lines = [...journal.export()];
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.nat(10_000),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
        (i, j, character) => {
          const line = at(lines, i);
          const changed = line.slice(0, j % line.length) + character + line.slice((j % line.length) + 1);
          fc.pre(changed !== line);
          expect(verifyLines(lines.with(i, changed)).fault).toBeDefined();
        },
      ),
    );
  });
});

function add(i: number, kind: JournalKind = "note"): void {
  journal.append({ timeMs: NOW_MS + i, kind, who: "ada", what: `entry ${i}`, why: "x", data: { i } });
}

function at(lines: readonly string[], index: number): string {
  return lines[index] ?? "";
}
