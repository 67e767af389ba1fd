/** What `haltwatch dump` prints is taken by promtool, and a real Prometheus then holds the same samples; the documentation's way to back up. */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dump, importFiles } from "@haltwatch/server";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requiredPeer, testWithPeer } from "../peers.ts";
import { startPrometheusWith } from "../real-prometheus.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIRST_MS = 1_700_000_000_123;
const STEP_MS = 15_000;
const ROWS = 700;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-dump-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A bot's usual metrics, in compressed blocks and in what is not compressed yet; a series ends in the middle. */
function filled(): string {
  const path = join(dir, "bot.db");
  using store = new Store({ path, commitIntervalMs: 0, now: () => FIRST_MS + ROWS * STEP_MS, rowsPerBlock: 200 });
  store.setMetadata("orders", { type: "counter", help: 'Orders, "all" of them', unit: "" });
  store.setMetadata("scans_total", { type: "counter", help: "Scans\nof the market", unit: "" });
  store.setMetadata("wait_seconds", { type: "histogram", help: "How long", unit: "seconds" });
  store.setMetadata("spread", { type: "gauge", help: "", unit: "" });
  const of = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    store.series(Labels.from({ __name__: name, job: "bot", ...labels }));
  const bounds = ["0.1", "1.0", "10.0", "+Inf"];
  const all = [
    ...["cex", "dex"].map((venue) => of("orders_total", { venue })),
    of("scans_total"),
    ...bounds.map((le) => of("wait_seconds_bucket", { le })),
    of("wait_seconds_count"),
    of("wait_seconds_sum"),
    of("spread", { pair: 'A"\\\n' }),
    of("balance", { asset: "ETH" }),
  ];
  const appender = store.appender("bot");
  const values = [0, 5e-324, 1.7976931348623157e308, -0, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, -1e21, 1 / 3];
  for (let row = 0; row < ROWS; row++) {
    appender.begin(FIRST_MS + row * STEP_MS);
    for (const [index, series] of all.entries()) {
      if (index === 1 && row === 300) appender.appendStale(series);
      if (index === 1 && row >= 300 && row < 400) continue;
      appender.append(
        series,
        index < 9 ? row * (index + 1) : (values[row % values.length] ?? 0) * (index === 9 ? 1 : row),
      );
    }
    appender.commit();
    if (row % 50 === 0) store.commit();
  }
  return path;
}

/** By series, `value@milliseconds` as Prometheus holds them, to the last bit. */
function stored(path: string): Map<string, string[]> {
  using store = new Store({ path, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
  return new Map(
    store
      .select([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      .map(({ labels, times, values, stale }) => [
        labels.key,
        Array.from(times, (at, row) => (stale?.[row] === 1 ? "" : `${values[row]}@${at}`)).filter((one) => one !== ""),
      ]),
  );
}

testWithPeer("prometheus", "promtool takes a dump, and Prometheus holds every sample of it", async (binary) => {
  const path = filled();
  const promtool = requiredPeer("promtool");
  const text = [...dump({ from: path, omitStale: true })].join("");

  await using prometheus = await startPrometheusWith(binary, promtool, text);

  const held = new Map<string, string[]>();
  const lastS = Math.ceil((FIRST_MS + ROWS * STEP_MS) / 1000);
  const selector = encodeURIComponent('{__name__=~".+"}[1y]');
  const { data } = (await prometheus.answer(`/api/v1/query?query=${selector}&time=${lastS}`)) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  }; // a range vector
  for (const { metric, values } of data.result) {
    held.set(
      Labels.from(metric).key,
      values.map(([at, value]) => `${Number(value.replace("Inf", "Infinity"))}@${Math.round(at * 1000)}`),
    );
  }
  const ours = stored(path);
  expect([...held.keys()].sort()).toEqual([...ours.keys()].sort());
  for (const [key, samples] of ours) expect(held.get(key), key).toEqual(samples);
});

testWithPeer(
  "promtool",
  "what marks the end of a counter's series is text that promtool takes, too",
  async (promtool) => {
    const path = filled();
    const file = join(dir, "stale.om");
    writeFileSync(file, [...dump({ from: path, match: ["orders_total"] })].join(""));

    execFileSync(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, join(dir, "data")], { stdio: "pipe" });

    expect(readFileSync(file, "utf8")).toContain('haltwatch_stale="1"');
    expect(readdirSync(join(dir, "data")).length).toBeGreaterThan(0);
  },
);

test("a dump that is imported is the same store again", async () => {
  const path = filled();
  const into = join(dir, "again.db");
  const text = [...dump({ from: path })].join("");

  await importFiles({ files: ["-"], into, stdin: Readable.from([text]) });

  expect([...dump({ from: into })].join("")).toBe(text);
  expect(stored(into)).toEqual(stored(path));
});

test("docs/backup.md's commands do what it says, one after the other", { timeout: 120_000 }, async () => {
  const docs = readFileSync(join(ROOT, "docs/backup.md"), "utf8");
  const blocks = [...docs.matchAll(/^```sh\n(.*?)^```/gms)].map(([, code]) => code ?? "");
  const bin = join(dir, "bin");
  mkdirSync(bin);
  // `npx haltwatch …` outside of a checkout would ask the registry.
  writeFileSync(
    join(bin, "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${ROOT}packages/cli/src/main.ts" "$@"\n`,
  );
  chmodSync(join(bin, "npx"), 0o755);
  rmSync(join(dir, "haltwatch.db"), { force: true });
  execFileSync("cp", [filled(), join(dir, "haltwatch.db")]);
  writeFileSync(join(dir, "damaged.db"), readFileSync(join(dir, "haltwatch.db")));
  writeFileSync(join(dir, "history.om"), "old_metric 1 1600000000\n# EOF\n");

  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  for (const block of blocks) await promisify(execFile)("bash", ["-ec", block], { cwd: dir, env });

  expect(readdirSync(dir)).toEqual(expect.arrayContaining(["restored.db", "saved.db", "haltwatch.om.zst"]));
  expect(stored(join(dir, "restored.db"))).toEqual(stored(join(dir, "bot.db")));
});
