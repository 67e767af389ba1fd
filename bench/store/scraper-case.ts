/**
 * Haltwatch's side: scrapes a target each second into a store until it is told to stop (SIGTERM), then compresses all that there
 * is: `node scraper-case.ts PORT FILE`. Its last line is what it has to tell, as JSON.
 */
import { Agent, get } from "node:http";
import { setFlagsFromString } from "node:v8";
import { ScrapeReader } from "@haltwatch/server";
import { type Series, Store } from "@haltwatch/store";
import { tellResult } from "../fresh-process.ts";

// As the server does: what is appended lives long or for a moment, and a young generation of 48 MB would be for nothing.
setFlagsFromString("--max-semi-space-size=2");
setFlagsFromString("--semi-space-growth-factor=1");

const [, , port = "", path = ""] = process.argv;
const store = new Store({ path });
const appender = store.appender("exporter");
const reader = new ScrapeReader<Series>((labels) =>
  store.series(labels.with("job", "exporter").with("instance", `127.0.0.1:${port}`)),
);
const agent = new Agent({ keepAlive: true });
let scrapes = 0;
let samples = 0;

function scrape(): void {
  const timeMs = Date.now();
  get({ host: "127.0.0.1", port, path: "/metrics", agent }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => keep(timeMs, chunks));
  });
}

function keep(timeMs: number, chunks: readonly Buffer[]): void {
  if (appender.begin(timeMs) !== "appended") return;
  const result = reader.read(Buffer.concat(chunks), (series, value) => appender.append(series, value));
  for (const series of result.stale) appender.appendStale(series);
  appender.commit();
  scrapes += 1;
  samples += result.samples;
}

scrape();
const timer = setInterval(scrape, 1_000);
process.on("SIGTERM", () => {
  clearInterval(timer);
  agent.destroy();
  const beforeBytes = store.stats().usedBytes;
  const begin = performance.now();
  store.compact();
  const { usedBytes, series } = store.stats();
  store.close();
  tellResult({ scrapes, samples, series, beforeBytes, usedBytes, compactMs: performance.now() - begin });
});
