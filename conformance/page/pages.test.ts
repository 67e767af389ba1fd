/** Each page in a real browser: desktop and phone, light and dark, with a keyboard alone; axe finds nothing. */
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RealDemo } from "../demo/real-demo.ts";
import { DESKTOP, hasBrowser, type OpenPage, PHONE, RealBrowser } from "./real-browser.ts";

/** What stands in the address, and the page's heading. */
const PAGES = [
  ["overview", "Overview"],
  ["dashboards", "Dashboards"],
  ["alerts", "Alerts"],
  ["explore?expr=up", "Explore"],
  ["journal", "Journal"],
  ["heartbeat", "Heartbeat & balances"],
  ["reports", "Reports"],
  ["configuration?search=exec", "Configuration"],
  ["targets", "Targets"],
  ["what-if", "What if"],
  ["nonsense", "Not found"],
] as const;

const LOOKS = [
  ["desktop, light", { ...DESKTOP, colorScheme: "light" }],
  ["phone, dark", { ...PHONE, colorScheme: "dark" }],
] as const;

describe.skipIf(!hasBrowser)("the page's pages", { timeout: 60_000 }, () => {
  let demo: RealDemo;
  let browser: RealBrowser;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([
      RealDemo.start("--pack", "betting", "trading", "--speed", "10", "--fault", "betting:sequencer-down@1"),
      RealBrowser.start(),
    ]);
    await demo.until("it fires", async () =>
      (await demo.alerts()).some(({ labels }) => labels["alertname"] === "SequencerDown") ? true : undefined,
    );
  });
  afterAll(async () => {
    await Promise.all([demo?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()]);
  });

  test.each(LOOKS)("axe finds nothing on any page: %s", async (_look, options) => {
    await using opened = await browser.open(options);
    const { page } = opened;
    await page.goto(`${demo.url}/#token=${demo.token}`);
    const found: string[] = [];
    for (const [address, heading] of PAGES) {
      await page.evaluate(`location.hash = "#/${address}"`);
      await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
      await settled(opened);
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(
        ...violations.map(
          ({ id, nodes }) =>
            `${address}: ${id}: ${nodes
              .map(({ html }) => html)
              .join(" ")
              .slice(0, 300)}`,
        ),
      );
      const isTooWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
      if (isTooWide === true) found.push(`${address}: wider than the screen`);
    }

    expect(found).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("axe finds nothing in a dialog, nor in an alert from close", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#/alerts`);
    await page.getByRole("button", { name: "Graph, rule, runbook" }).first().click();
    await page.getByRole("heading", { name: "Rule", exact: true }).waitFor();
    await settled(opened);
    const details = await new AxeBuilder({ page }).analyze();

    await page.getByRole("button", { name: /^Silence SequencerDown/ }).click();
    await page.getByRole("dialog").waitFor();
    const dialog = await new AxeBuilder({ page }).analyze();

    expect([...details.violations, ...dialog.violations].map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("keys go to every page, and the focus is in its content", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/`);
    await page.getByRole("link", { name: "What if" }).waitFor();

    for (const [key, heading] of [
      ["d", "Dashboards"],
      ["a", "Alerts"],
      ["j", "Journal"],
      ["h", "Heartbeat & balances"],
      ["r", "Reports"],
      ["c", "Configuration"],
      ["t", "Targets"],
      ["w", "What if"],
      ["o", "Overview"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
      expect(await page.evaluate("document.activeElement.id")).toBe("content");
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  test("the skip link is the first stop of a keyboard, and leads to the content", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/`);
    await page.getByRole("heading", { level: 1 }).waitFor();

    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");

    expect(await page.evaluate("document.activeElement.id")).toBe("content");
    expect(await page.evaluate("location.hash")).toBe("");
  });

  test("E6 the token of the address is kept for the tab, and is in the address no more", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#token=${demo.token}`);
    await page.getByRole("heading", { level: 1 }).waitFor();

    expect(await page.evaluate("location.href")).not.toContain(demo.token);
    expect(await page.evaluate("JSON.stringify(sessionStorage)")).toContain(demo.token);
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain(demo.token);
  });

  test("the theme that was chosen holds after the page is loaded again", async () => {
    await using opened = await browser.open({ ...DESKTOP, colorScheme: "light" });
    const { page } = opened;
    await page.goto(`${demo.url}/`);
    await page.getByRole("radio", { name: "dark" }).check({ force: true });
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();

    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("dark");
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
    await page.getByText(/broken.json is not JSON/).waitFor();
    await input.setInputFiles(file("other.json", "[1]"));
    await page.getByText(/other.json is JSON, but no Grafana dashboard/).waitFor();

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

  test("each dashboard of the packs opens, and axe finds nothing on it", async () => {
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
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(...violations.map(({ id, nodes }) => `${title}: ${id}: ${nodes[0]?.html.slice(0, 200)}`));
      await page.getByRole("link", { name: "All dashboards" }).click();
      await links.first().waitFor();
    }

    expect(titles.length).toBeGreaterThan(1);
    expect(found).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("the journal is searched, narrowed to a kind, and verified", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#/journal`);
    await page.getByRole("combobox", { name: "Kind of entry" }).selectOption("pause");
    await page.getByRole("searchbox", { name: "Search the journal" }).fill("sequencer");
    await page.getByText("pause bot:betting-1: HALTED").first().waitFor();
    await page.getByRole("button", { name: "Verify" }).click();

    await page.getByText(/entries, as they were written/).waitFor();
    expect(await page.getByText("Haltwatch 0.1.0 started").count()).toBe(0);
  });
});

/** No request is under way: what a page shows is there. The event stream stays open, and is not waited for. */
async function settled({ page }: OpenPage): Promise<void> {
  await page.locator(".hw-loading").first().waitFor({ state: "detached" });
}
