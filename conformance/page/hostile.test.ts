// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
/** Dashboards and labels made to harm whoever looks at them: shown as text or refused, never run, never a frozen tab. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { hasBrowser, type OpenPage, RealBrowser } from "./real-browser.ts";

/** Milliseconds. A second is what people may wait; machines are shared. A pattern that runs away takes minutes. */
const LONGEST_TASK_MS = 2000;

const HTML = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

const FILES = {
  "haltwatch.toml": `[storage]
path = ":memory:"
[rules]
files = ["rules.yml"]
evaluation_interval = "1s"
`,
  "rules.yml": JSON.stringify({
    groups: [
      {
        name: "hostile",
        rules: [1, -1e308, "1/0", "0/0"].map((value, index) => ({
          record: "hostile",
          expr: `vector(${value})`,
          labels: { of: `${HTML}${index}`, long: "x".repeat(1500) },
        })),
      },
    ],
  }),
};

const KINDS = [
  ...["timeseries", "stat", "table", "text", "gauge", "bargauge", "heatmap", "piechart", "barchart", "state-timeline"],
  ...["histogram", "logs", "status-history", "alertlist", HTML],
];

const PANELS = KINDS.map((type, index) => ({
  type,
  title: `${HTML} ${index}`,
  description: HTML,
  gridPos: { x: (index % 4) * 6, y: Math.floor(index / 4) * 6, w: 6, h: 6 },
  targets: [{ expr: "hostile", legendFormat: "{{of}}", instant: type === "table", format: "time_series" }],
  links: [{ title: HTML, url: "javascript:document.title='run'" }],
  options: { content: HTML, mode: "html", legend: { displayMode: "table", calcs: ["mean", "nonsense"] } },
  fieldConfig: {
    defaults: {
      unit: `suffix:${HTML}`,
      decimals: 1e9,
      min: -1e308,
      max: 1e308,
      noValue: HTML,
      links: [{ title: HTML, url: "java\nscript:document.title='run'" }],
      mappings: [{ type: "regex", options: { pattern: "(.+)+!", result: { text: HTML } } }],
      custom: { lineWidth: 1e300, axisLabel: HTML },
    },
    overrides: ["custom.__proto__.polluted", "__proto__.polluted", "custom.constructor.prototype.polluted"].map(
      (id) => ({
        matcher: { id: "byRegexp", options: "/.*/" },
        properties: [{ id, value: true }],
      }),
    ),
  },
}));

const ALL = { text: "All", value: "$__all" };

const MANY = Array.from({ length: 10_000 }, (_, index) => ({
  type: index % 50 === 0 ? "row" : "stat",
  title: index === 1 ? "T".repeat(1_000_000) : "$many",
  repeat: "many",
  targets: [{ expr: "hostile", instant: true }],
  fieldConfig: {
    overrides: index > 20 ? [] : [...PATTERNS()].map((options) => ({ matcher: { id: "byRegexp", options } })),
  },
}));

const ENDLESS = {
  title: "Endless",
  refresh: "1ms",
  templating: {
    list: [
      {
        name: "many",
        type: "custom",
        query: Array.from({ length: 5000 }, (_, one) => one).join(),
        multi: true,
        current: ALL,
      },
      ...["ab", "bc", "ca", "dd"].map(([name, other]) => ({
        name,
        type: "query",
        query: `label_values(hostile{of=~"$${other}"}, of)`,
        regex: `/(a+)+$${other}/`,
        multi: true,
        includeAll: true,
        allValue: `$${other}`,
        current: ALL,
      })),
      { name: "__proto__", type: "custom", query: "1,2" },
      { name: "constructor", type: "interval", query: "1m", auto: true, auto_count: 1e308 },
    ],
  },
  panels: MANY,
};

/** They all try the same text in more ways than there is time for. */
function* PATTERNS(): Generator<string> {
  yield "(x+)+$";
  yield `${"x?".repeat(40)}y`;
  for (let index = 0; index < 40; index++) yield `${"x*".repeat(3 + (index % 5))}[!${index}]`;
}

describe.skipIf(!hasBrowser)("hostile dashboards", { timeout: 60_000 }, () => {
  const haltwatch = new RealHaltwatch(FILES);
  let process: HaltwatchProcess;
  let browser: RealBrowser;

  beforeAll(async () => {
    [process, browser] = await Promise.all([haltwatch.start(), RealBrowser.start()]);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await haltwatch[Symbol.asyncDispose]();
  });

  test("HTML, scripts and addresses of scripts in a dashboard and in labels are text, in each kind of panel", async () => {
    await using opened = await browser.open({ viewport: { width: 1440, height: 2000 } });
    const { page } = opened;
    await openFile(opened, {
      title: HTML,
      schemaVersion: 39,
      panels: PANELS,
      links: [{ title: HTML, url: "data:text/html,x" }],
    });
    await page.getByRole("heading", { level: 1, name: "<img src=x" }).waitFor();
    await expect.poll(() => page.locator(".hw-panel").count()).toBe(KINDS.length);
    await page.getByText(`${HTML}0`).first().waitFor();

    expect(await page.locator("main img, main script, main iframe, main style").count()).toBe(0);
    expect(await page.locator('a[href^="javascript"], a[href^="data"], a[href^="java"]').count()).toBe(0);
    expect(await page.title()).not.toContain("run");
    expect(await page.evaluate("({}).polluted")).toBeUndefined();
    expect(await page.getByText("cannot be drawn").count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  test("ten thousand panels that repeat, circles of variables, patterns that run away: the tab is never frozen", async () => {
    await using opened = await browser.open();
    const { page } = opened;
    await openFile(opened, ENDLESS);
    await page.locator(".hw-panel").first().waitFor();
    await page.locator(".hw-panel-stat-number").first().waitFor();
    await page.mouse.wheel(0, 20_000);

    await page.getByRole("button", { name: /note/ }).click();
    await page.getByText("More than 500 panels: the rest is left out").waitFor();
    expect(await page.evaluate("longestTask")).toBeLessThan(LONGEST_TASK_MS);
    expect(await page.locator(".hw-panel").count()).toBeLessThanOrEqual(1000);
    expect(opened.complaints).toEqual([]);
  });

  async function openFile({ page }: OpenPage, dashboard: unknown): Promise<void> {
    await page.goto(`${process.url}/#/dashboards`);
    const input = page.locator('input[type="file"]');
    await input.waitFor({ state: "attached" });
    const buffer = Buffer.from(JSON.stringify(dashboard));
    await page.evaluate(`longestTask = 0; new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
    }).observe({ type: "longtask" })`);
    await input.setInputFiles({ name: "hostile.json", mimeType: "application/json", buffer });
  }
});
