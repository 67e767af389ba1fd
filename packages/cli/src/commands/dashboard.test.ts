import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exportDashboards, openDashboard } from "./dashboard.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-dashboard-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("haltwatch dashboard", () => {
  test("export writes the dashboards of all packs, or of one, as they are", () => {
    exportDashboards(join(folder, "all"), {});
    exportDashboards(join(folder, "one"), { pack: "arbitrage" });

    for (const { name, dashboards } of PACKS) {
      for (const file of dashboards)
        expect(readFileSync(join(folder, "all", name, basename(file)))).toEqual(readFileSync(file));
    }
    for (const file of PACKS.find(({ name }) => name === "arbitrage")?.dashboards ?? [])
      expect(readFileSync(join(folder, "one", basename(file)))).toEqual(readFileSync(file));
    expect(() => exportDashboards(folder, { pack: "nobody" })).toThrow(/^nobody has no dashboards$/);
  });

  test("open refuses what is no dashboard before anybody is asked", async () => {
    const file = join(folder, "a.json");
    const flags = { url: "http://127.0.0.1:9" };
    writeFileSync(file, "{}");

    await expect(openDashboard(file, flags)).rejects.toThrow("this is no dashboard: it has no title");
    await expect(openDashboard(join(folder, "b.json"), flags)).rejects.toThrow(/cannot be read/);
    writeFileSync(file, '{"title":"A","panels":[]}');
    await expect(openDashboard(file, flags)).rejects.toThrow(/nobody answers/);
  });
});
