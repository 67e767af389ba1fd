/**
 * Every dashboard that the page can show: those of enabled packs, those in files that haltwatch.toml names, and those that somebody
 * has opened and that are kept in the store. A file that is broken is listed with what is wrong with it, and hides no other.
 */
import { globSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Pack } from "@haltwatch/packs";
import type { KeptDashboards } from "./kept-dashboards.ts";
import { type ReadDashboard, readDashboard } from "./read-dashboard.ts";

/** Largest dashboard, bytes. */
export const MAX_DASHBOARD_BYTES = 5 * 2 ** 20;

/** Most files that are looked at. */
const MAX_FILES = 500;

export interface DashboardEntry {
  readonly uid: string;
  readonly title: string;
  /** `null`: of nobody's pack. */
  readonly pack: string | null;
  readonly tags: readonly string[];
  readonly description: string;
  /** Who has it: a pack, a file that haltwatch.toml names, or the store, where it can be removed. */
  readonly source: "pack" | "file" | "kept";
  /** What is wrong with it. */
  readonly error?: string;
}

export interface DashboardSources {
  readonly packs: () => readonly Pick<Pack, "name" | "dashboards">[];
  /** Files and folders, as `[dashboards] paths` names them, and where relative ones start. */
  readonly files: () => { readonly paths: readonly string[]; readonly folder: string };
  readonly kept: KeptDashboards;
}

type Description = Pick<ReadDashboard, "uid" | "title" | "tags" | "description">;

/** A dashboard, or what is wrong with it. */
type Found = { readonly entry: DashboardEntry; readonly text: () => Promise<string> };

interface Remembered {
  readonly mtimeMs: number;
  readonly size: number;
  readonly read: Description | string;
}

export class DashboardLibrary {
  readonly #sources: DashboardSources;
  /** What files said of themselves, by path, as long as they do not change. */
  #remembered = new Map<string, Remembered>();

  constructor(sources: DashboardSources) {
    this.#sources = sources;
  }

  async list(): Promise<DashboardEntry[]> {
    return (await this.#all()).map(({ entry }) => entry);
  }

  /** @returns the dashboard, a text that says what is wrong with it, or `undefined` if there is none */
  async get(uid: string): Promise<object | string | undefined> {
    const found = (await this.#all()).find(({ entry }) => entry.uid === uid);
    if (found === undefined) return undefined;
    if (found.entry.error !== undefined) return found.entry.error;
    const read = readDashboard(await found.text());
    return typeof read === "string" ? read : read.json;
  }

  async #all(): Promise<Found[]> {
    const { packs, kept } = this.#sources;
    const files = [
      ...packs().flatMap(({ name, dashboards }) => dashboards.map((path) => ({ path, pack: name }))),
      ...this.#filePaths().map((path) => ({ path, pack: undefined })),
    ].slice(0, MAX_FILES);
    const remembered = new Map<string, Remembered>();
    const all: Found[] = [];
    for (const { path, pack } of files) {
      const one = await this.#look(path);
      remembered.set(path, one);
      const source = pack === undefined ? "file" : "pack";
      all.push({ entry: entryOf(path, one.read, pack, source), text: () => readFile(path, "utf8") });
    }
    this.#remembered = remembered;
    for (const { uid, title, tags, description, text } of kept.list())
      all.push({
        entry: { uid, title, pack: null, tags, description, source: "kept" },
        text: () => Promise.resolve(text()),
      });
    return withOwnUids(all);
  }

  async #look(path: string): Promise<Remembered> {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { mtimeMs: 0, size: 0, read: "this file is not there" };
    const { mtimeMs, size } = stat;
    const known = this.#remembered.get(path);
    if (known?.mtimeMs === mtimeMs && known.size === size) return known;
    if (size > MAX_DASHBOARD_BYTES)
      return { mtimeMs, size, read: `this file is larger than ${MAX_DASHBOARD_BYTES} bytes` };
    try {
      const read = readDashboard(await readFile(path, "utf8"));
      if (typeof read === "string") return { mtimeMs, size, read };
      const { json: _, ...description } = read;
      return { mtimeMs, size, read: description };
    } catch (error) {
      return { mtimeMs, size, read: error instanceof Error ? error.message : String(error) };
    }
  }

  #filePaths(): string[] {
    const { paths, folder } = this.#sources.files();
    const found = paths.flatMap((path) => {
      const absolute = resolve(folder, path);
      const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
      const matching = globSync(isFolder ? join(absolute, "*.json") : absolute).sort();
      // What is named and is not there should be seen.
      return matching.length === 0 && !isFolder ? [absolute] : matching;
    });
    return [...new Set(found)];
  }
}

function entryOf(
  path: string,
  read: Description | string,
  pack: string | undefined,
  source: DashboardEntry["source"],
): DashboardEntry {
  const shared = { pack: pack ?? null, source };
  if (typeof read !== "string") return { ...read, ...shared };
  const name = basename(path);
  return { uid: `file:${name}`, title: name, tags: [], description: "", ...shared, error: read };
}

/** Two dashboards of the same uid: the first keeps it. */
function withOwnUids(all: readonly Found[]): Found[] {
  const taken = new Set<string>();
  return all.map(({ entry, text }) => {
    let { uid } = entry;
    for (let copy = 2; taken.has(uid); copy += 1) uid = `${entry.uid}-${copy}`;
    taken.add(uid);
    return { entry: { ...entry, uid }, text };
  });
}
