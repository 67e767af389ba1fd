/** Debian's Chromium, with a page of its own for each case; what the browser complains of is a fault. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { buildPage } from "./built-page.ts";
import { CHROMIUM, CHROMIUM_FLAGS } from "./chromium.ts";

/** With `CI=true` a missing browser is a failure: then the tests run, and say so. */
export const hasBrowser = existsSync(CHROMIUM) || process.env["CI"] === "true";

export const DESKTOP = { viewport: { width: 1440, height: 900 } } as const;

export const PHONE = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true } as const;

/** How long something on the page may take to be there, milliseconds: machines are shared. */
const PATIENCE_MS = 10_000;

export class RealBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<RealBrowser> {
    buildPage();
    return new RealBrowser(await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS] }));
  }

  async open(options: BrowserContextOptions = DESKTOP): Promise<OpenPage> {
    const context = await this.#browser.newContext({ reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    return new OpenPage(page);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

export class OpenPage implements AsyncDisposable {
  readonly page: Page;
  /** What the browser has complained of, lost connections aside. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      const isAboutNetwork = /net::ERR_|Failed to load resource/.test(message.text());
      if (message.type() === "error" && !isAboutNetwork) this.complaints.push(message.text());
    });
  }

  /** The band at the top: how things stand. */
  get banner(): Locator {
    return this.page.getByRole("region", { name: "How things stand" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
