import { expect, test } from "vitest";
import { scrapeConfig, type TargetGroup } from "./scrape-config.ts";
import { completeJob } from "./scrape-job.ts";
import { TargetDiscovery } from "./target-discovery.ts";
import { SimulatedClock, settled } from "./testing/simulated.ts";

/** Discovery over files in memory. */
function simulated(contents: Map<string, string>) {
  const clock = new SimulatedClock();
  const found: string[][] = [];
  const warnings: string[] = [];
  let changed = (): void => undefined;
  const job = completeJob(
    scrapeConfig.parse({
      job_name: "j",
      static_configs: [{ targets: ["static:1"] }],
      file_sd_configs: [{ files: ["/t/*.yml", "/t/*.json"], refresh_interval: "1m" }],
    }),
  );
  const discovery = new TargetDiscovery({
    job,
    clock,
    files: {
      list: async (pattern) =>
        [...contents.keys()].filter((file) => file.endsWith(pattern.slice(pattern.indexOf(".")))),
      read: async (file) => contents.get(file) ?? "",
      watch: (_, call) => {
        changed = call;
        return () => undefined;
      },
    },
    found: (groups: readonly TargetGroup[]) => found.push(groups.flatMap(({ targets = [] }) => targets)),
    warn: (warning) => warnings.push(warning),
  });
  const touch = async (): Promise<void> => {
    changed();
    await settled();
  };
  return { clock, discovery, found, warnings, touch };
}

test("files are read at the start, when they change, and each refresh_interval", async () => {
  const contents = new Map([["/t/a.yml", "- targets: [a:1]\n"]]);
  const { clock, discovery, found, touch } = simulated(contents);
  await discovery.start();

  contents.set("/t/b.json", '[{"targets": ["b:1", "b:2"], "labels": {"x": "y"}}]');
  await touch();
  contents.delete("/t/a.yml");
  await clock.pass(60_000);
  await touch();
  discovery.stop();

  expect(found).toEqual([
    ["static:1", "a:1"],
    ["static:1", "a:1", "b:1", "b:2"],
    ["static:1", "b:1", "b:2"],
  ]);
  expect(clock.waiting).toBe(0);
});

test("of a file that is bad, what it had before stays, and one warning comes", async () => {
  const contents = new Map([["/t/a.yml", "- targets: [a:1]\n"]]);
  const { discovery, found, warnings, touch } = simulated(contents);
  await discovery.start();

  contents.set("/t/a.yml", "- target: [a:2]\n");
  await touch();
  await touch();
  contents.set("/t/a.yml", "- targets: [a:3]\n");
  await touch();
  discovery.stop();

  expect(found).toEqual([
    ["static:1", "a:1"],
    ["static:1", "a:3"],
  ]);
  expect(warnings).toEqual(['/t/a.yml: [0]: Unrecognized key: "target": the targets that it gave before stay']);
});
