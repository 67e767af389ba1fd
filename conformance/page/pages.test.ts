/** Each page in a real browser: desktop and phone, light and dark, with a keyboard alone; axe finds nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RealDemo } from "../demo/real-demo.ts";
import { axeFaults } from "./axe.ts";
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
      found.push(...(await axeFaults(page)).map((fault) => `${address}: ${fault}`));
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
    const details = await axeFaults(page);

    await page.getByRole("button", { name: /^Silence SequencerDown/ }).click();
    await page.getByRole("dialog").waitFor();
    const dialog = await axeFaults(page);

    expect([...details, ...dialog]).toEqual([]);
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

  test("keyboard only: the focus is where it was after a dialog, and in the content when its button is gone", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#token=${demo.token}`);
    const card = page.getByRole("article", { name: "trading-1" });
    const pause = card.getByRole("button", { name: "Pause trading-1…" });
    const focused = () =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");
    await pause.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Pause" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("Pause trading-1…");

    await page.keyboard.press("Enter");
    await page.keyboard.type("to see where the focus goes");
    await page.getByLabel("Your name").fill("ana");
    await page.keyboard.press("Enter");
    await card.getByText("PAUSED", { exact: true }).waitFor();

    // A bot that is halted has no such button.
    await expect.poll(() => pause.count()).toBe(0);
    await expect.poll(focused).toBe("content");
    await demo.run("arm", "--scope", "bot:trading-1", "--reason", "seen");
    await card.getByText("Trading", { exact: true }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a report is made on the page, and shown as it is, in a frame in which nothing runs", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${demo.url}/#token=${demo.token}`);
    await page.evaluate('location.hash = "#/reports"');
    await page.getByRole("button", { name: "Make yesterday's report…" }).click();
    await page.getByRole("button", { name: "Make it" }).click();

    const frame = page.locator("iframe");
    await frame.waitFor();
    await frame.contentFrame().getByRole("heading", { name: "Daily report" }).waitFor();
    expect(await frame.getAttribute("sandbox")).toBe("");
    // Its style is let through.
    const report = page.frames().find((one) => one !== page.mainFrame());
    const size = await report?.evaluate('getComputedStyle(document.querySelector("h1")).fontSize');
    expect(size).toMatch(/^\d/);
    expect(size).not.toBe("32px");
    expect(opened.complaints).toEqual([]);
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
