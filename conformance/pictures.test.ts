/** What `npm run pictures` makes, in small: from the demo, in a real browser. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takePictures } from "../scripts/pictures/take-pictures.ts";
import { buildPage } from "./page/built-page.ts";
import { describeWithPeer } from "./peers.ts";

const PNG = "89504e470d0a1a0a";

describeWithPeer("chromium", "pictures and evidence", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-pictures-"));

  beforeAll(async () => {
    buildPage();
    await takePictures({
      folder,
      packs: ["arbitrage", "betting"],
      pages: ["overview"],
      struckPages: ["overview"],
      strike: { pack: "betting", fault: "sequencer-down", alert: "SequencerDown" },
      warmUpSeconds: 3,
      settleSeconds: 1,
      onPicture: () => undefined,
    });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("A12 the journal page of an arbitrage bot has its metrics as they were, and its dashboard's picture", () => {
    const page = readFileSync(join(folder, "evidence/arbitrage.md"), "utf8");

    expect(page).toMatch(/^orders_total\{.*venue="cex".*\} \d+$/m);
    const [, picture = ""] = /!\[.*?\]\((.*?)\)/.exec(page) ?? [];
    expect(readFileSync(join(folder, "evidence", picture)).toString("hex", 0, 8)).toBe(PNG);
  });

  test("C10 there are pictures from before and after the fault, and the rules as /api/v1/rules gives them", () => {
    const pictures = readdirSync(join(folder, "images"));
    const rules = JSON.parse(readFileSync(join(folder, "evidence/rules.json"), "utf8"));

    expect(pictures).toEqual(
      expect.arrayContaining([
        ...["overview.png", "overview-after.png"],
        ...["dashboard-betting-arb-qos.png", "dashboard-betting-arb-qos-after.png"],
      ]),
    );
    for (const name of pictures) expect(readFileSync(join(folder, "images", name)).toString("hex", 0, 8)).toBe(PNG);
    const names = rules.groups.flatMap((group: { rules: { name: string }[] }) => group.rules.map(({ name }) => name));
    expect(names).toContain("SequencerDown");
  });
});
