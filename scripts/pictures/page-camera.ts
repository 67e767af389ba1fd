/** Takes pictures of the page in Chromium, as a user with a laptop sees it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM, CHROMIUM_FLAGS } from "../../conformance/page/chromium.ts";

const VIEWPORT = { width: 1440, height: 900 };

/** Of a picture: what lies below is cut off. */
const MAX_HEIGHT = 2_600;

/** Longest until all that is shown has been answered, milliseconds; a picture is taken in any case. */
const PATIENCE_MS = 10_000;

/** Between two looks; what has been still for so long is drawn, milliseconds. */
const LOOK_MS = 400;

/** In the browser: the address, the height, and whether something is still to come. */
const SHOWN = `location.hash + document.documentElement.scrollHeight +
  (/\\b(?:Loading|Waiting for)\\b/.test(document.body.innerText) ? " loading" : "")`;

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
      args: [...CHROMIUM_FLAGS],
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
    // Panels out of view are not drawn, so the window is as high as can be; then as high as the page has become.
    await this.#page.setViewportSize({ ...VIEWPORT, height: MAX_HEIGHT });
    await this.#settled();
    const height = Number(await this.#page.evaluate("document.querySelector('main')?.scrollHeight ?? 0"));
    await this.#page.setViewportSize({ ...VIEWPORT, height: Math.max(VIEWPORT.height, Math.min(height, MAX_HEIGHT)) });
    await this.#settled();
    await this.#page.screenshot({ path: file, animations: "disabled" });
  }

  /** When nothing says that it is loading, and the page is as high as at the last look. */
  async #settled(): Promise<void> {
    let before = "";
    for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs; ) {
      await this.#page.waitForTimeout(LOOK_MS);
      const now = String(await this.#page.evaluate(SHOWN));
      if (now === before && !now.includes("loading")) return;
      before = now;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
