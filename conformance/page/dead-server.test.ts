/** Haltwatch gone, hanging, started again, with other tokens; a computer whose clock is wrong: the page says so, and recovers by itself. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { hasBrowser, RealBrowser } from "./real-browser.ts";

/** Row F10, and what the page promises, milliseconds. */
const SAID_WITHIN_MS = 3000;

/** Between the browser's clock and the test's: how long it takes to look, milliseconds. */
const TO_LOOK_MS = 500;

const SETTINGS = `
[web]
control_token = "env:HW_CONTROL"
read_token = "env:HW_READ"
[storage]
path = ":memory:"
[packs]
enabled = ["trading"]
[[scrape_configs]]
job_name = "self"
scrape_interval = "1s"
static_configs = [{ targets = ["127.0.0.1:1"], labels = { bot = "arb-1" } }]
`;

const TOKENS = { HW_READ: "read-token", HW_CONTROL: "control-token" };

describe.skipIf(!hasBrowser)("a Haltwatch that is not there", { timeout: 60_000 }, () => {
  let haltwatch: RealHaltwatch;
  let running: HaltwatchProcess;
  let browser: RealBrowser;

  beforeAll(async () => {
    haltwatch = new RealHaltwatch({ "haltwatch.toml": SETTINGS }, TOKENS);
    [running, browser] = await Promise.all([haltwatch.start(), RealBrowser.start()]);
  });
  afterAll(async () => {
    await Promise.all([haltwatch?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()]);
  });

  /** Starts it again where it was, and waits until it answers. */
  async function startAgain(at: RealHaltwatch = haltwatch): Promise<HaltwatchProcess> {
    const port = Number(new URL(running.url).port);
    const started = at.spawn(port);
    await started.until("it is ready", async () =>
      (await fetch(`${started.url}/-/ready`).catch(() => undefined))?.ok === true ? true : undefined,
    );
    return started;
  }

  test("F10 one that hangs is said to hang within three seconds, its values look old, and it recovers", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${running.url}/#token=${TOKENS.HW_READ}`);
    await page.getByRole("article", { name: "arb-1" }).waitFor();

    running.signal("SIGSTOP");
    const stopped = performance.now();
    await opened.banner.getByText(/Haltwatch hangs/).waitFor();
    expect(performance.now() - stopped).toBeLessThan(SAID_WITHIN_MS + TO_LOOK_MS);
    await page.getByText(/^as of \d\d:\d\d:\d\d/).waitFor();
    expect(await page.title()).toContain("Haltwatch does not answer");
    running.signal("SIGCONT");

    await opened.banner.getByText(/Haltwatch hangs/).waitFor({ state: "detached" });
    expect(await page.getByText(/^as of/).count()).toBe(0);
  });

  test("F10 one that is gone is said to be gone, and one that is back is found, with everything anew", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${running.url}/#token=${TOKENS.HW_READ}`);
    await page.getByRole("article", { name: "arb-1" }).waitFor();

    await running.end("SIGKILL");
    const gone = performance.now();
    await opened.banner.getByText(/Haltwatch does not answer since/).waitFor();
    expect(performance.now() - gone).toBeLessThan(SAID_WITHIN_MS);

    running = await startAgain();
    await page.getByText("Haltwatch was started again.").waitFor();
    await opened.banner.getByText(/Haltwatch does not answer since/).waitFor({ state: "detached" });
    expect(opened.complaints).toEqual([]);
  });

  test("E6 a token that is not taken any more is said and asked for, and another one brings everything back", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${running.url}/#token=${TOKENS.HW_READ}`);
    await page.getByRole("article", { name: "arb-1" }).waitFor();

    await running.end("SIGKILL");
    await using other = new RealHaltwatch(
      { "haltwatch.toml": SETTINGS },
      { HW_READ: "new-read", HW_CONTROL: "new-control" },
    );
    const stranger = await startAgain(other);
    await page.getByRole("dialog", { name: "Token" }).waitFor();
    await opened.banner.getByText("Haltwatch wants a token").waitFor();
    await page.locator('input[type="password"]').fill("new-read");
    await page.keyboard.press("Enter");

    await opened.banner.getByText("Haltwatch wants a token").waitFor({ state: "detached" });
    await page.getByRole("article", { name: "arb-1" }).waitFor();
    await stranger.end("SIGKILL");
    running = await startAgain();
  });

  test("a computer whose clock is an hour ahead is told so, and ages stay right", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.clock.install({ time: Date.now() + 3_600_000 });
    await page.goto(`${running.url}/#token=${TOKENS.HW_READ}`);

    await page.getByText(/This computer's clock is \d+ min ahead of Haltwatch's/).waitFor();
    await page.evaluate('location.hash = "#/journal"');
    const entry = page.getByRole("listitem").filter({ hasText: /Haltwatch [\d.]+ started/ });
    await entry.getByText(/^(\d+ (ms|s)|[2-9] min) ago$/).waitFor();
  });

  test("F9 a bot that never answered is not shown as trading", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await page.goto(`${running.url}/#token=${TOKENS.HW_READ}`);
    const card = page.getByRole("article", { name: "arb-1" });
    await card.getByText("No answer").waitFor();

    expect(await card.getByText("Trading", { exact: true }).count()).toBe(0);
    expect(await opened.banner.textContent()).not.toMatch(/bots? trade/);
    await page.getByRole("link", { name: "See the targets" }).click();
    await page.getByText("Nobody listens there.").waitFor();
  });
});
