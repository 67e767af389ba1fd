import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import { describe, expect, test } from "vitest";
import { startApi } from "../api/index.ts";
import { DashboardLibrary } from "./dashboard-library.ts";
import { dashboardRoutes } from "./dashboard-routes.ts";
import { KeptDashboards } from "./kept-dashboards.ts";

class World implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "haltwatch-dashboards-"));
  readonly store = new Store({ path: ":memory:", commitIntervalMs: 0 });
  readonly kept = new KeptDashboards(this.store.tables);
  paths: readonly string[] = ["."];
  readonly library = new DashboardLibrary({
    packs: () => [{ name: "arbitrage", dashboards: [join(this.folder, "pack", "arb.json")] }],
    files: () => ({ paths: this.paths, folder: this.folder }),
    kept: this.kept,
  });

  write(name: string, json: unknown): void {
    writeFileSync(join(this.folder, name), typeof json === "string" ? json : JSON.stringify(json));
  }

  [Symbol.dispose](): void {
    this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}

const BOARD = { uid: "a", title: "A", tags: ["t", 1], description: "d", panels: [{ type: "text" }] };

describe("dashboards", () => {
  test("are those of packs, of files and of folders; one that is broken is named with its fault", async () => {
    using world = new World();
    world.write("a.json", BOARD);
    world.write("b.json", "{");
    world.write("c.json", { title: "C", panels: [] });
    world.paths = [".", "nowhere.json"];

    expect(await world.library.list()).toEqual([
      {
        ...{ uid: "file:arb.json", title: "arb.json", pack: "arbitrage", tags: [], description: "", source: "pack" },
        error: "this file is not there",
      },
      { uid: "a", title: "A", pack: null, tags: ["t"], description: "d", source: "file" },
      expect.objectContaining({ uid: "file:b.json", error: "this is no JSON" }),
      expect.objectContaining({ uid: expect.stringMatching(/^[0-9a-f]{12}$/), title: "C" }),
      expect.objectContaining({ uid: "file:nowhere.json", error: "this file is not there" }),
    ]);
    expect(await world.library.get("a")).toEqual(BOARD);
    expect(await world.library.get("file:b.json")).toBe("this is no JSON");
    expect(await world.library.get("nobody")).toBeUndefined();
  });

  test("are read again when their file has changed", async () => {
    using world = new World();
    world.write("a.json", BOARD);
    await world.library.list();
    world.write("a.json", { ...BOARD, title: "Another" });

    expect((await world.library.list()).at(-1)).toMatchObject({ title: "Another" });
  });

  test.each([
    ["as Grafana's API gives it", { dashboard: BOARD, meta: {} }, "a", "A"],
    [
      "with a uid without end",
      { title: "Long", uid: "u".repeat(201), panels: [] },
      expect.stringMatching(/^[0-9a-f]{12}$/),
      "Long",
    ],
    ["of old, with rows", { title: "Old", uid: "old", rows: [] }, "old", "Old"],
    ["as a resource", { kind: "Dashboard", metadata: { name: "r" }, spec: { title: "R", elements: {} } }, "r", "R"],
  ])("%s are read, too", async (_, json, uid, title) => {
    using world = new World();
    world.write("a.json", json);

    expect((await world.library.list()).at(-1)).toMatchObject({ uid, title });
  });

  test.each([
    ["[]", "this is no dashboard: a JSON object was expected"],
    ["null", "this is no dashboard: a JSON object was expected"],
    ['{"panels":[]}', "this is no dashboard: it has no title"],
    ['{"title":"x"}', "this is no dashboard: it has no panels"],
    [" ".repeat(5 * 2 ** 20 + 1), "this file is larger than 5242880 bytes"],
  ])("what is none says so (%#)", async (text, error) => {
    using world = new World();
    world.write("a.json", text);

    expect((await world.library.list()).at(-1)).toMatchObject({ error });
  });

  test("of the same uid the first keeps it", async () => {
    using world = new World();
    world.write("a.json", BOARD);
    world.write("b.json", { ...BOARD, title: "B" });

    expect((await world.library.list()).slice(1).map(({ uid, title }) => [uid, title])).toEqual([
      ["a", "A"],
      ["a-2", "B"],
    ]);
    expect(await world.library.get("a-2")).toMatchObject({ title: "B" });
  });

  test("one that is opened is kept, replaced by its next version, and forgotten when somebody says so", async () => {
    using world = new World();
    world.write("a.json", BOARD);
    const routes = dashboardRoutes({ library: world.library, kept: world.kept, now: Date.now });
    await using api = await startApi({ host: "127.0.0.1", port: 0, routes, tokens: { control: "c" } });
    const asked = async (method: string, path = "", body?: unknown): Promise<[number, unknown]> => {
      const response = await fetch(`${api.url}/api/haltwatch/dashboards${path}`, {
        ...{ method, headers: { authorization: "Bearer c" } },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const answer = (await response.json()) as { data?: unknown; error?: string }; // the API's form
      return [response.status, answer.data ?? answer.error];
    };
    const mine = { uid: "mine", title: "<script>", panels: [], big: 1e300 };

    expect(await asked("POST", "", mine)).toEqual([200, { uid: "mine", title: "<script>" }]);
    expect(await asked("POST", "", { dashboard: { ...mine, title: "Mine" } })).toEqual([
      200,
      { uid: "mine", title: "Mine" },
    ]);
    expect(await asked("GET", "/mine")).toEqual([200, { ...mine, title: "Mine" }]);
    expect(await asked("POST", "", BOARD)).toEqual([200, { uid: "a-2", title: "A" }]);
    expect((await world.library.list()).slice(1).map(({ uid, source }) => [uid, source])).toEqual([
      ["a", "file"],
      ["a-2", "kept"],
      ["mine", "kept"],
    ]);
    expect((await asked("POST", "", "nope"))[0]).toBe(400);
    expect((await asked("DELETE", "/a"))[0]).toBe(404);
    expect((await asked("DELETE", "/mine"))[0]).toBe(200);
    expect((await asked("GET", "/mine"))[0]).toBe(404);
  });

  test("not more than 100 are kept: the oldest goes", () => {
    using world = new World();

    for (let at = 0; at < 105; at += 1)
      world.kept.keep({ uid: `u${at}`, title: "x", tags: [], description: "", json: {} }, at);

    expect(world.kept.list().length).toBe(100);
    expect(world.kept.list().some(({ uid }) => uid === "u4")).toBe(false);
  });
});
