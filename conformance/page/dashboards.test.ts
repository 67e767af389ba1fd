/** Dashboards and Explore in a real browser: what they show is what the API answers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RealDemo } from "../demo/real-demo.ts";
import { axeFaults } from "./axe.ts";
import { hasBrowser, RealBrowser } from "./real-browser.ts";

/** Panels whose canvas has no text beside their title. Runs in the page. */
const UNNAMED = (canvases: readonly unknown[]): string[] =>
  (canvases as readonly PageElement[]).flatMap((canvas) => {
    const panel = canvas.closest(".hw-panel")?.getAttribute("aria-label") ?? "";
    const text = canvas.closest("figure")?.getAttribute("aria-label") ?? "";
    return text.length > panel.length ? [] : [panel];
  });

/** Of the page's own elements, as far as they are looked at here. */
interface PageElement {
  closest(selector: string): PageElement | null;
  getAttribute(name: string): string | null;
}

const LIMITS = "haltwatch_threshold";

function panel(id: number, type: string, title: string, expr: string, more: object): object {
  const isTable = type === "table";
  const isInstant = type !== "timeseries";
  return {
    ...{ id, type, title, gridPos: { x: 0, y: (id - 1) * 8, w: 24, h: 8 } },
    targets: [{ refId: "A", expr, instant: isInstant, range: !isInstant, ...(isTable ? { format: "table" } : {}) }],
    ...more,
  };
}

/** Values that stay as they are while the test looks. */
const DASHBOARD = {
  ...{ uid: "values", title: "Values", schemaVersion: 39, tags: ["checked"], time: { from: "now-5m", to: "now" } },
  panels: [
    panel(1, "stat", "Sum", `sum(${LIMITS})`, {
      fieldConfig: { defaults: { unit: "none", decimals: 4 }, overrides: [] },
    }),
    panel(2, "table", "Limits", LIMITS, { fieldConfig: { defaults: { unit: "none", decimals: 4 }, overrides: [] } }),
    panel(3, "timeseries", "Count", `count(${LIMITS})`, {}),
  ],
};

describe.skipIf(!hasBrowser)("dashboards on the page", { timeout: 60_000 }, () => {
  let demo: RealDemo;
  let browser: RealBrowser;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([
      RealDemo.start("--pack", "betting", "trading", "--speed", "10"),
      RealBrowser.start(),
    ]);
    await demo.until("limits are series", async () => ((await demo.query(LIMITS)).length > 0 ? true : undefined));
  });
  afterAll(async () => {
    await Promise.all([demo?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()]);
  });

  test("stat and table values equal the API's, and a chart's text has its value; the dashboard is kept, found by its tag, and forgotten", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#token=${demo.token}`);
    await page.evaluate('location.hash = "#/dashboards"');
    const buffer = Buffer.from(JSON.stringify(DASHBOARD));
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "values.json", mimeType: "application/json", buffer });
    await page.getByRole("heading", { level: 1, name: "Values" }).waitFor();
    const limits = await demo.query(LIMITS);
    const [sum] = await demo.query(`sum(${LIMITS})`);

    const stat = page.getByRole("article", { name: "Sum" }).locator(".hw-panel-stat-number");
    await stat.waitFor();
    expect(numberIn(await stat.innerText())).toBeCloseTo(sum?.value ?? Number.NaN, 4);

    const table = page.getByRole("article", { name: "Limits" }).locator("table");
    await table.waitFor();
    const columns = await table.locator("thead th").allInnerTexts();
    const [nameAt, valueAt] = [columns.indexOf("name"), columns.findIndex((name) => /^Value/.test(name))];
    // The last row is as high as those that are not in sight.
    const rows = (await table.locator("tbody tr").allInnerTexts())
      .map((row) => row.split("\t"))
      .filter((row) => row.length === columns.length);
    const shown = new Map(rows.map((row) => [row[nameAt]?.trim(), numberIn(row[valueAt] ?? "")]));
    expect(shown.size).toBeGreaterThan(3);
    for (const [name, value] of shown)
      expect(value, name).toBeCloseTo(limits.find(({ metric }) => metric["name"] === name)?.value ?? Number.NaN, 4);

    const chart = page.getByRole("article", { name: "Count" }).locator("figure");
    await expect.poll(() => chart.getAttribute("aria-label")).toContain(` ${limits.length} (`);

    await page.getByRole("button", { name: "Keep it in Haltwatch…" }).click();
    await page.getByRole("button", { name: "Keep it", exact: true }).click();
    await page.getByText("Values is kept").waitFor();
    await page.evaluate('location.hash = "#/dashboards?tags=checked"');
    await expect.poll(() => page.locator(".hw-dashboard-link strong").allInnerTexts()).toEqual(["Values"]);
    await page.getByRole("button", { name: "Forget Values…" }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByText("No dashboard matches").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("Explore's table has the API's values, and its address brings the question back", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#/explore`);
    await page.getByRole("textbox", { name: "PromQL expression" }).click();
    await page.keyboard.type("haltwatch_threshold");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    const region = page.getByRole("region", { name: "Table of values" });
    await region.waitFor();

    const rows = await region.locator("tbody tr").allInnerTexts();
    const shown = rows.map((row) => row.split("\t")).map(([, name, value]) => [name, Number(value)]);
    const asked = (await demo.query("haltwatch_threshold")).map(({ metric, value }) => [metric["name"], value]);
    expect(shown).toEqual(asked);
    expect(await page.evaluate("location.hash")).toContain("expr=haltwatch_threshold");
    expect(opened.complaints).toEqual([]);
  });

  test("a dashboard is opened from a file, what is no dashboard is refused in words, and no text of it becomes HTML", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#/dashboards`);
    const file = (name: string, text: string) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) });
    const input = page.locator('input[type="file"]');

    await input.setInputFiles(file("broken.json", "{"));
    await page.getByText(/broken.json was not opened: the file is no JSON/).waitFor();
    await input.setInputFiles(file("other.json", "[1]"));
    await page.getByText(/other.json was not opened: this is no dashboard/).waitFor();

    const hostile = '<img src=x onerror="document.title = 1"><script>document.title = 1</script>';
    const panel = {
      id: 1,
      type: "text",
      title: hostile,
      gridPos: { x: 0, y: 0, w: 24, h: 4 },
      options: { content: hostile },
    };
    await input.setInputFiles(
      file("hostile.json", JSON.stringify({ title: hostile, schemaVersion: 39, panels: [panel] })),
    );
    await page.getByRole("heading", { level: 1, name: "<img src=x" }).waitFor();

    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toContain("Haltwatch");
    expect(opened.complaints).toEqual([]);
  });

  test("each dashboard of the packs opens, axe finds nothing on it, and its canvas charts have a text equivalent", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#/dashboards`);
    const links = page.locator(".hw-dashboard-link");
    await links.first().waitFor();
    const titles = await links.locator("strong").allInnerTexts();
    const found: string[] = [];
    for (const title of titles) {
      await page.getByRole("link", { name: title, exact: false }).first().click();
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      await page.locator(".hw-panel").first().waitFor();
      found.push(...(await axeFaults(page)).map((fault) => `${title}: ${fault}`));
      const unnamed = await page.locator("canvas").evaluateAll(UNNAMED);
      found.push(...unnamed.map((panel) => `${title}: no text says what is drawn in ${panel}`));
      await page.getByRole("link", { name: "All dashboards" }).click();
      await links.first().waitFor();
    }

    expect(titles.length).toBeGreaterThan(1);
    expect(found).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});

/** `1,204.5` */
function numberIn(text: string): number {
  return Number(text.replaceAll(/[\s,]/g, ""));
}
