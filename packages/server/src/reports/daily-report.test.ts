import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PicturePainter } from "@haltwatch/notify";
import { Labels, METRIC_NAME, Store } from "@haltwatch/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DailyReport } from "./daily-report.ts";
import { makeReport } from "./make-report.ts";
import { reportDay } from "./report-day.ts";
import { REPORT_POLICY, reportHtml } from "./report-html.ts";
import { figureText, reportLines, reportPicture } from "./report-text.ts";
import { packNamed, simulatedDays } from "./testing/simulated-days.ts";

/** `HALTWATCH_UPDATE_GOLDEN=1` writes them anew: look at what has changed. */
const UPDATES = process.env["HALTWATCH_UPDATE_GOLDEN"] === "1";

/** Around the end of summer time in Berlin (25 October), and a day before it in New York. */
const FROM_MS = Date.UTC(2026, 9, 23, 20);
const TO_MS = Date.UTC(2026, 9, 26, 6);

/** On the evening of the 24th in Berlin one scraper's requests fail. */
const TROUBLE = [Date.UTC(2026, 9, 24, 15), Date.UTC(2026, 9, 24, 18)] as const;

let store: Store;
beforeAll(async () => {
  const faults = (timeMs: number) =>
    timeMs >= TROUBLE[0] && timeMs < TROUBLE[1] ? ["source-errors", "sources-lost"] : [];
  store = await simulatedDays({ pack: "scraper", seed: 7, fromMs: FROM_MS, toMs: TO_MS, faults });
});
afterAll(() => store.close());

function made(date: string, timeZone: string): Promise<DailyReport> {
  return makeReport(reportDay(date, timeZone), { reader: store, packs: [packNamed("scraper")], nowMs: TO_MS });
}

function figure(report: DailyReport, title: string): number | undefined {
  return report.sections.flatMap(({ figures }) => figures).find((one) => one.title === title)?.value;
}

/** From hour, to hour, value at midnight, and how much it grows in an hour: a series for each. */
type Span = readonly [number, number, number, number];

function storeOf(midnightMs: number, metrics: Readonly<Record<string, readonly Span[]>>, stepMs = 15_000): Store {
  const own = new Store({ path: ":memory:", retentionMs: 20 * 365 * 86_400_000 });
  const samples = Object.entries(metrics).flatMap(([name, spans]) =>
    spans.flatMap(([from, to, value, growth], at) => {
      // Of one bot, where one span follows the other.
      const before = spans.slice(0, at).findIndex((other) => other[1] <= from);
      const instance = `bot-${before < 0 ? at : before}`;
      const series = own.series(Labels.from({ [METRIC_NAME]: name, job: name, instance }));
      const count = Math.floor(((to - from) * 3_600_000) / stepMs);
      return Array.from({ length: count }, (_, index) => {
        const hours = from + ((index + 1) * stepMs) / 3_600_000;
        return { series, timeMs: midnightMs + hours * 3_600_000, value: value + hours * growth };
      });
    }),
  );
  for (const { series, timeMs, value } of samples.sort((a, b) => a.timeMs - b.timeMs))
    own.append(series, Math.round(timeMs), value);
  return own;
}

function golden(name: string, text: string): void {
  const file = fileURLToPath(new URL(`./testing/golden/${name}`, import.meta.url));
  if (UPDATES) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

describe("D4 the daily report", () => {
  test.each([
    ["2026-10-24", "Europe/Berlin", "berlin.html"],
    ["2026-10-24", "America/New_York", "new-york.html"],
    ["2026-10-25", "Europe/Berlin", "berlin-25-hours.html"],
  ])("of %s in %s is the same page for the same samples", async (date, timeZone, name) => {
    golden(name, reportHtml(await made(date, timeZone)));
  });

  test("has opportunities, ROI, sources, errors, P&L, alerts and uptime", async () => {
    const titles = (await made("2026-10-24", "Europe/Berlin")).sections.flatMap(({ figures }) =>
      figures.map(({ title }) => title),
    );

    for (const title of [
      "Opportunities found",
      "Average ROI",
      "Active sources",
      "Errors",
      "P&L",
      "Alerts that fired",
      "Watched",
    ])
      expect(titles).toContain(title);
  });

  test("counts what happened between midnights there, also on a day of 25 hours", async () => {
    const [before, long] = [await made("2026-10-24", "Europe/Berlin"), await made("2026-10-25", "Europe/Berlin")];

    // Three scrapers ask each ten seconds.
    expect(figure(before, "Requests")).toBeCloseTo(24 * 3 * 360, -2);
    expect(figure(long, "Requests")).toBeCloseTo(25 * 3 * 360, -2);
    expect(reportHtml(long)).toContain("(a day of 25 hours)");
    const bars = long.sections[0]?.figures[0]?.chart;
    expect(bars?.times).toHaveLength(25);
    expect(bars?.ticks.map(({ text }) => text)).toEqual(["00:00", "06:00", "12:00", "18:00", "00:00"]);
  });

  test("in another zone is of other hours", async () => {
    const [berlin, newYork] = [await made("2026-10-24", "Europe/Berlin"), await made("2026-10-24", "America/New_York")];
    const errors = [berlin, newYork].map((report) => {
      const chart = report.sections[0]?.figures.find(({ title }) => title === "Errors")?.chart;
      return [...(chart?.values ?? [])].findIndex((value) => value > 50);
    });

    // 15:00 UTC is 17:00 in Berlin and 11:00 in New York.
    expect(errors).toEqual([17, 11]);
  });

  test("of a day without data says so, and of one that is not over is of until now", async () => {
    const empty = await made("2026-10-20", "UTC");
    const half = await made("2026-10-26", "UTC");

    expect(empty.sections.map(({ title }) => title)).toEqual(["Haltwatch"]);
    expect(figure(empty, "P&L")).toBeUndefined();
    expect(reportHtml(empty)).toContain("<dt>P&amp;L</dt><dd>–</dd>");
    expect(figure(empty, "Alerts that fired")).toBeUndefined();
    expect(reportHtml(empty)).not.toContain("None fired");
    expect(reportLines(empty)).toEqual(["Nothing is known of this day: nobody watched"]);
    expect(figure(half, "Requests")).toBeCloseTo(6 * 3 * 360, -2);
  });

  test("in words has a line for each figure that is known", async () => {
    const lines = reportLines(await made("2026-10-24", "Europe/Berlin"));

    expect(lines[0]).toMatch(/^Opportunities found: \d+$/);
    expect(lines[1]).toMatch(/^Average ROI: 3\.\d+ %$/);
    expect(lines).not.toContainEqual(expect.stringContaining("P&L"));
  });

  test("tells which alerts fired, the most often first, and how much of the day was watched", async () => {
    const own = new Store({ path: ":memory:", retentionMs: 20 * 365 * 86_400_000 });
    const day = reportDay("2026-10-24", "UTC");
    const samples: { readonly timeMs: number; readonly put: () => void }[] = [];
    const put = (
      labels: Record<string, string>,
      hours: readonly [number, number],
      value: number,
      stepMs: number,
    ): void => {
      const series = own.series(Labels.from(labels));
      const [from, to] = hours.map((hour) => day.fromMs + hour * 3_600_000) as [number, number]; // two are two
      for (let timeMs = from + stepMs; timeMs <= to; timeMs += stepMs)
        samples.push({ timeMs, put: () => void own.append(series, timeMs, value) });
    };
    const alert = { [METRIC_NAME]: "ALERTS", alertstate: "firing" };
    put({ ...alert, alertname: "DiskFull", severity: "critical", path: "/" }, [3, 4], 1, 15_000);
    put({ ...alert, alertname: "ScraperSlow", severity: "warning", scraper: "a" }, [1, 2], 1, 15_000);
    put({ ...alert, alertname: "ScraperSlow", severity: "warning", scraper: "b" }, [5, 6], 1, 15_000);
    put({ ...alert, alertname: "Pending", alertstate: "pending" }, [5, 6], 1, 15_000);
    put({ [METRIC_NAME]: "haltwatch_build_info", version: "1" }, [0, 12], 1, 5_000);
    put({ [METRIC_NAME]: "trading_pnl_day_usd", job: "trading" }, [0, 24], -12.5, 15_000);

    for (const one of samples.sort((a, b) => a.timeMs - b.timeMs)) one.put();
    const report = await makeReport(day, { reader: own, packs: [], nowMs: day.toMs });
    own.close();

    expect(report.alerts).toEqual([
      { name: "ScraperSlow", severity: "warning", count: 2 },
      { name: "DiskFull", severity: "critical", count: 1 },
    ]);
    expect(figure(report, "Alerts that fired")).toBe(3);
    expect(figure(report, "Watched")).toBeCloseTo(0.5, 3);
    expect(figure(report, "P&L")).toBe(-12.5);
    expect(reportLines(report)).toContain("Fired: ScraperSlow × 2, DiskFull");
    expect(reportLines(report)).toContain("P&L: −$12.5");
  });

  test.each([
    ["a gauge of all time counts from midnight", { pnl_realized_usdt: [[-1, 24, 5_000, 10]] }, 240],
    ["what was made before anybody watched is not of this day", { pnl_realized_usdt: [[6, 24, 5_000, 10]] }, 180],
    [
      "a bot that is gone takes nothing with it",
      {
        pnl_realized_usdt: [
          [-1, 24, 5_000, 10],
          [-2, -0.02, 9_000, 0],
        ],
      },
      240,
    ],
    [
      "bots of several kinds are added",
      { pnl_realized_usdt: [[-1, 24, 5_000, 10]], trading_pnl_day_usd: [[-1, 24, -40, 0]] },
      200,
    ],
  ] as const)("P&L: %s", async (_, metrics, expected) => {
    const day = reportDay("2026-10-24", "UTC");
    const report = await makeReport(day, { reader: storeOf(day.fromMs, metrics), packs: [], nowMs: day.toMs });

    expect(figure(report, "P&L")).toBeCloseTo(expected, 0);
  });

  test("P&L is that of the day also where the bot's clock is some seconds ahead, and has begun the next", async () => {
    const day = reportDay("2026-10-24", "UTC");
    const metrics = {
      trading_pnl_day_usd: [
        [0, 23.9985, 250, 0],
        [23.9988, 24, 0, 0],
      ],
    } as const;

    const report = await makeReport(day, { reader: storeOf(day.fromMs, metrics, 1_000), packs: [], nowMs: day.toMs });

    expect(figure(report, "P&L")).toBe(250);
  });

  test("a day is watched while samples come, however many come at once", async () => {
    const day = reportDay("2026-10-24", "UTC");
    const reader = storeOf(day.fromMs, { haltwatch_build_info: [[0, 6, 1, 0]] }, 1_000);

    const report = await makeReport(day, { reader, packs: [], nowMs: day.toMs });

    expect(figure(report, "Watched")).toBeCloseTo(0.25, 3);
  });

  test("a figure that cannot be reckoned is left open, and the others are not", async () => {
    const day = reportDay("2026-10-24", "UTC");
    const reader = storeOf(day.fromMs, {
      up: [
        [0, 24, 1, 0],
        [0, 24, 1, 0],
      ],
    });
    const report = [{ title: "Broken", query: "up + on () up", unit: "number" }] as const;

    const made = await makeReport(day, { reader, packs: [{ name: "own", report }], nowMs: day.toMs });

    expect(figure(made, "Broken")).toBeUndefined();
    expect(figure(made, "Bots reachable")).toBe(1);
  });

  test("is one page with nothing beside it, that can run nothing and load nothing", async () => {
    const html = reportHtml(await made("2026-10-24", "Europe/Berlin"));

    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|(?:src|href)=|url\(|javascript:/i);
    expect(REPORT_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+=*'; frame-ancestors 'none'/);
    expect(html.length).toBeLessThan(100_000);
  });

  test("shows what somebody wrote into labels as it is", () => {
    const day = reportDay("2026-10-24", "UTC");
    const alerts = [{ name: '<img src=x onerror="alert(1)">', severity: "critical", count: 1 }];

    const html = reportHtml({ day, createdMs: 0, sections: [{ title: "<b>", figures: [] }], alerts });

    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(html).not.toContain("<img");
    expect(html).not.toContain("<b>");
  });

  test("has a picture for chats, the same bytes for the same day", async () => {
    await using painter = new PicturePainter({ deadlineMs: 20_000 });
    const picture = reportPicture(await made("2026-10-24", "Europe/Berlin"));

    const [one, other] = await Promise.all([painter.drawReport(picture), painter.drawReport(picture)]);

    if (one?.kind !== "drawn" || other?.kind !== "drawn") throw new Error(JSON.stringify([one, other]));
    expect(Buffer.from(one.png).readUInt32BE(16)).toBe(1260);
    expect(Buffer.from(one.png).equals(other.png)).toBe(true);
    expect(one.png.length).toBeLessThan(200_000);
    if (process.env["HALTWATCH_REPORT_PICTURE"] !== undefined)
      writeFileSync(process.env["HALTWATCH_REPORT_PICTURE"], one.png);
  });

  test("says percents, money and counts as people write them", () => {
    const of = (value: number | undefined, unit: "ratio" | "usd" | "count") =>
      figureText({ title: "x", unit, value, chart: undefined });

    expect([of(0.0234, "ratio"), of(-1234.5, "usd"), of(51, "count"), of(undefined, "usd")]).toEqual([
      "2.34 %",
      "−$1,235",
      "51",
      "–",
    ]);
  });
});
