import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { FileWatch } from "./file-watch.ts";

let folder: string;
let clock: HandClock;
let changes: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-watch-"));
  clock = new HandClock(0);
  changes = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function watchOf(...names: string[]): FileWatch {
  const files = names.map((name) => join(folder, name));
  return new FileWatch({ files: () => files, onChange: () => (changes += 1), clock });
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test("C5 a file that is written, replaced, removed or comes is told of once, within a second, though the system says nothing", () => {
  write("a.yml", "1");
  using _ = watchOf("a.yml", "later.yml");
  const seen: number[] = [];
  const after = (deed: () => void): void => {
    deed();
    clock.turn(900);
    seen.push(changes);
    changes = 0;
  };

  after(() => undefined);
  after(() => write("a.yml", "22"));
  after(() => {
    write("a.yml.new", "333");
    renameSync(join(folder, "a.yml.new"), join(folder, "a.yml"));
  });
  after(() => write("later.yml", "1"));
  after(() => rmSync(join(folder, "later.yml")));
  after(() => write("unwatched.yml", "1"));

  expect(seen).toEqual([0, 1, 1, 1, 1, 0]);
});

test("a file that is still being written is waited for", () => {
  write("a.yml", "");
  using _ = watchOf("a.yml");
  for (let length = 1; length <= 10; length++) {
    write("a.yml", "x".repeat(length));
    clock.turn(length === 1 ? 410 : 60);
  }
  expect(changes).toBe(0);

  clock.turn(130);

  expect(changes).toBe(1);
});

test("a folder that is not there is no fault, and nothing is left after it was stopped", () => {
  const watch = new FileWatch({ files: () => [join(folder, "no/such.yml")], onChange: () => (changes += 1), clock });
  clock.turn(2000);
  watch.stop();

  expect([clock.waiting, changes]).toEqual([0, 0]);
});
