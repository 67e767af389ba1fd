/** The pack about Haltwatch itself, against what a running Haltwatch shows. */
import { SYSTEM_PACK } from "@haltwatch/packs";
import { expect, test } from "vitest";
import { RealHaltwatch } from "./real-haltwatch.ts";

test("F10 each metric of a running Haltwatch is one of its pack's, with its help, and they keep to the pack's budget", async () => {
  await using real = new RealHaltwatch({ "haltwatch.toml": '[packs]\nenabled = ["betting", "scraper"]\n' });
  const { url } = await real.start();

  const lines = (await (await fetch(`${url}/metrics`)).text()).trimEnd().split("\n");

  const heads = lines
    .filter((line) => line.startsWith("# HELP haltwatch_"))
    .map((line) => line.slice("# HELP ".length));
  const defined = new Set(SYSTEM_PACK.metrics.map(({ name, help }) => `${name} ${help}`));
  expect(heads.filter((head) => !defined.has(head))).toEqual([]);
  const series = lines.filter((line) => !line.startsWith("#")).length;
  process.stdout.write(`Haltwatch itself: ${series} series of at most ${SYSTEM_PACK.seriesBudget}\n`);
  expect(series).toBeLessThanOrEqual(SYSTEM_PACK.seriesBudget);
});
