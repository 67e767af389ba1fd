/**
 * Haltwatch's side: scrapes what a prometheus.yml says into a store until it is told to stop (SIGTERM):
 * `node scraper-case.ts CONFIG FILE`. Its last line is what it has to tell, as JSON.
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { readPrometheusYml, ScrapeManager } from "@haltwatch/server";
import { Store } from "@haltwatch/store";
import { tellResult } from "../fresh-process.ts";

// Before anything is allocated. What new series leave behind dies young: with V8's usual 16 MB for the young, the process keeps
// 130 MB more than it needs.
setFlagsFromString("--max-semi-space-size=2");
setFlagsFromString("--semi-space-growth-factor=1");

const [, , config = "", path = ""] = process.argv;
const store = new Store({ path });
const manager = new ScrapeManager({ store, onWarning: (warning) => process.stderr.write(`${warning}\n`) });
await manager.apply(readPrometheusYml(readFileSync(config, "utf8"), config).scrapeConfigs);

process.on("SIGTERM", async () => {
  const up = manager.targets().active.filter(({ health }) => health === "up").length;
  await manager.stop();
  store.compact();
  const { series, samplesInBlocks: samples } = store.stats();
  store.close();
  tellResult({ up, series, samples });
});
