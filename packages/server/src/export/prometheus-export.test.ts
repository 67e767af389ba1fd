import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readServerConfig } from "../config/server-config.ts";
import { prometheusExport } from "./single-exports.ts";

const MADE_HERE = '__name__!~"ALERTS.*|haltwatch_.*|scrape_.*|.*:.*"';

/** The selectors by which a real Prometheus takes what came over links. @param jobs of haltwatch.toml */
function linkedSelectors(jobs: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-prometheus-"));
  try {
    const file = join(folder, "haltwatch.toml");
    writeFileSync(file, `[rules]\nsystem = false\n${jobs}`);
    const { files } = prometheusExport(readServerConfig({ file, env: {} }), folder);
    const text = files.find(({ path }) => path === "prometheus.yml")?.text ?? "";
    const { scrape_configs: written } = parse(text) as {
      scrape_configs: { job_name: string; params?: Record<string, unknown> }[]; // as it was written a moment ago
    };
    return written.find(({ job_name }) => job_name === "haltwatch-linked")?.params?.["match[]"];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("E3 a bot that is only linked is taken, though another one of its job is scraped", () => {
  const selectors = linkedSelectors(`
[[scrape_configs]]
job_name = "arbitrage"
static_configs = [{ targets = ["127.0.0.1:1"], labels = { bot = "arb.1" } }, { targets = ["127.0.0.1:2"], labels = { bot = "arb-2" } }]
`);

  expect(selectors).toEqual([
    `{bot!="",job!="",job!~"arbitrage",${MADE_HERE}}`,
    `{bot!~"|arb\\\\.1|arb-2",job=~"arbitrage",${MADE_HERE}}`,
  ]);
});

test("E3 where a target itself says which bot it is, nothing of its job is taken a second time", () => {
  const selectors = linkedSelectors(`
[[scrape_configs]]
job_name = "a"
static_configs = [{ targets = ["127.0.0.1:1"], labels = { job = "arbitrage", bot = "arb-1" } }]
[[scrape_configs]]
job_name = "b"
honor_labels = true
static_configs = [{ targets = ["127.0.0.1:2"], labels = { job = "arbitrage", bot = "arb-2" } }]
`);

  expect(selectors).toEqual([`{bot!="",job!="",job!~"arbitrage|b",${MADE_HERE}}`]);
});
