/** Takes pictures of the page in Chromium, as a user with a laptop sees it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["HALTWATCH_CHROMIUM"] ?? "/usr/bin/chromium";

/** Of a browser in a container: it has no sandbox to be in, and nothing to ask the network for. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const VIEWPORT = { width: 1440, height: 900 };

/** Of a picture: what lies below is cut off. */
const MAX_HEIGHT = 5_000;

/** After the address has changed: what is drawn has been asked for and answered, milliseconds. */
const SETTLE_MS = 2_500;

export class PageCamera implements AsyncDisposable {
  readonly #profile: string;
  readonly #context: BrowserContext;
  readonly #page: Page;

  private constructor(profile: string, context: BrowserContext, page: Page) {
    this.#profile = profile;
    this.#context = context;
    this.#page = page;
  }

  /** @param url of the page; `#token=…` lets it act */
  static async open(url: string): Promise<PageCamera> {
    const profile = mkdtempSync(join(tmpdir(), "haltwatch-pictures-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: FLAGS,
      viewport: VIEWPORT,
      colorScheme: "light",
      timezoneId: "UTC",
      locale: "en-GB",
    });
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    return new PageCamera(profile, context, page);
  }

  /**
   * @param hash the page's address: `#/alerts`
   * @param file a PNG
   */
  async take(hash: string, file: string): Promise<void> {
    await this.#page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await this.#page.setViewportSize(VIEWPORT);
    await this.#page.waitForTimeout(SETTLE_MS);
    // Panels out of view are not drawn: the window becomes as high as the page, and they are given their time.
    const height = Number(await this.#page.evaluate("document.documentElement.scrollHeight"));
    if (height > VIEWPORT.height) {
      await this.#page.setViewportSize({ width: VIEWPORT.width, height: Math.min(height, MAX_HEIGHT) });
      await this.#page.waitForTimeout(SETTLE_MS);
    }
    await this.#page.screenshot({ path: file, animations: "disabled" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
