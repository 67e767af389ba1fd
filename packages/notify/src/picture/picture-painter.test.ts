import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import { describe, expect, test } from "vitest";
import { type PictureOutcome, PicturePainter } from "./picture-painter.ts";
import { PictureShelf } from "./picture-shelf.ts";
import { LATENCY_CHART } from "./testing/latency-chart.ts";

/** A worker that does this with each chart it gets. */
function workerThat(does: string): URL {
  const code = `const { parentPort } = await import("node:worker_threads");
    parentPort.on("message", ({ id, chart }) => { ${does} });
    parentPort.postMessage({ kind: "ready" });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

const DRAWS = 'parentPort.postMessage({ kind: "drawn", id, png: new Uint8Array([id]) });';

function why(outcome: PictureOutcome): string {
  return outcome.kind === "none" ? outcome.why : outcome.kind;
}

describe("D7 pictures", () => {
  test("are PNGs 1,260 pixels wide, the same bytes for the same chart", async () => {
    await using painter = new PicturePainter({ deadlineMs: 20_000 });

    const [one, other] = await Promise.all([painter.draw(LATENCY_CHART), painter.draw(LATENCY_CHART)]);

    if (one?.kind !== "drawn" || other?.kind !== "drawn") throw new Error(JSON.stringify([one, other]));
    const png = Buffer.from(one.png);
    expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(png.readUInt32BE(16)).toBe(1260);
    expect(png.equals(other.png)).toBe(true);
  });

  test("have their texts: without fonts they would be the same for every title", async () => {
    await using painter = new PicturePainter({ deadlineMs: 20_000 });

    const drawn = await Promise.all(["A", "B"].map((title) => painter.draw({ ...LATENCY_CHART, title })));

    const [one, other] = drawn.map((outcome) => (outcome.kind === "drawn" ? Buffer.from(outcome.png) : undefined));
    expect(one !== undefined && other !== undefined && !one.equals(other)).toBe(true);
  });

  test("show no secret", async () => {
    const tells = workerThat(
      'parentPort.postMessage({ kind: "failed", id, fault: JSON.stringify([chart.title, chart.where, chart.series[0].name, chart.thresholds[0].label]) });',
    );
    const redact = (text: string): string => text.replaceAll("hunter2", "[redacted]");
    await using painter = new PicturePainter({ worker: tells, redact });

    const outcome = await painter.draw({
      ...LATENCY_CHART,
      title: "hunter2",
      where: "hunter2",
      series: LATENCY_CHART.series.map((series) => ({ ...series, name: "hunter2" })),
      thresholds: [{ label: "hunter2", value: 1, beyond: undefined }],
    });

    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });

  test("that hang are given up, and the next one is drawn", async () => {
    await using painter = new PicturePainter({
      worker: workerThat(`if (chart.title === "hang") for (;;); ${DRAWS}`),
      deadlineMs: 500,
    });
    painter.warmUp();
    await painter.draw(LATENCY_CHART);

    const hung = await painter.draw({ ...LATENCY_CHART, title: "hang" });
    const next = await painter.draw(LATENCY_CHART);

    expect([why(hung), why(next)]).toEqual(["late", "drawn"]);
  });

  test("that kill their worker cost one picture", async () => {
    await using painter = new PicturePainter({
      worker: workerThat(`if (chart.title === "die") process.exit(3); ${DRAWS}`),
      deadlineMs: 20_000,
    });

    const outcomes = await Promise.all(
      ["fine", "die", "fine"].map((title) => painter.draw({ ...LATENCY_CHART, title })),
    );

    expect(outcomes.map(why)).toEqual(["drawn", "failed", "drawn"]);
  });

  test("that cannot be drawn say why", async () => {
    await using painter = new PicturePainter({ deadlineMs: 20_000 });

    const outcome = await painter.draw({ ...LATENCY_CHART, fromMs: Number.NaN });

    expect(outcome).toMatchObject({
      kind: "none",
      why: "failed",
      fault: expect.stringContaining("Invalid time value"),
    });
  });

  test("are not waited for where no worker begins", async () => {
    await using painter = new PicturePainter({ worker: new URL("data:text/javascript,throw 1"), deadlineMs: 20_000 });

    const outcomes = [await painter.draw(LATENCY_CHART), await painter.draw(LATENCY_CHART)];

    expect(outcomes.map(why)).toEqual(["failed", "failed"]);
  });

  test("wait in a line of bounded length, and not beyond the painter's end", async () => {
    const painter = new PicturePainter({ worker: workerThat(""), maxWaiting: 2, deadlineMs: 20_000 });

    const outcomes = [1, 2, 3].map(() => painter.draw(LATENCY_CHART));
    await painter[Symbol.asyncDispose]();
    outcomes.push(painter.draw(LATENCY_CHART));

    expect((await Promise.all(outcomes)).map(why)).toEqual(["stopped", "stopped", "busy", "stopped"]);
  });
});

describe("the shelf of pictures", () => {
  test("keeps the last ones over a restart, under ids that nobody guesses", () => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-pictures-"));
    try {
      const open = (): Store => new Store({ path: join(folder, "test.db"), commitIntervalMs: 0, now: () => 0 });
      const ids: (string | undefined)[] = [];
      {
        using store = open();
        const shelf = new PictureShelf(store.tables, { maxPictures: 2 });
        for (const byte of [1, 2, 3]) ids.push(shelf.put(Uint8Array.of(byte), byte));
        expect(shelf.put(new Uint8Array(1_000_001), 4)).toBeUndefined();
      }

      using store = open();
      const shelf = new PictureShelf(store.tables, { maxPictures: 2 });

      expect(ids.map((id) => shelf.get(id ?? "")?.[0])).toEqual([undefined, 2, 3]);
      expect(shelf.get("")).toBeUndefined();
      for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
