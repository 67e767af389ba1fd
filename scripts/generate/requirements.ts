/** `docs/requirements.md`: what Haltwatch must do, row by row, and the tests that prove it, found by the row's ID in their names. */
import { globSync, readFileSync } from "node:fs";
import { markdownTable } from "./markdown-table.ts";

const SYSTEMS: readonly (readonly [title: string, rows: Readonly<Record<string, string>>])[] = [
  [
    "Arbitrage bot",
    {
      A1: "One call starts metrics and log; orders and latencies are recorded by functions",
      A2: "Orders, failures, latencies, spreads, volume and opportunities under the agreed names",
      A3: "The same records go to CSV files, rotated, and are read back",
      A4: "The example bot records each order and each scan",
      A5: "Within a minute, a failed order or a latency over its limit is told",
      A6: "Settings in a file, secrets only by reference",
      A7: "A Grafana dashboard with a picture beside it",
      A8: "A runbook for each graph and alert",
      A9: "A demo of metrics that ends cleanly",
      A10: "Ctrl-C ends within two seconds, with nothing lost",
      A11: "Everything the kill switch decides by is a series",
      A12: "A journal page with captured metrics and picture, made by a command",
    },
  ],
  [
    "Trading bot",
    {
      B1: "Plain snapshots of account and risk become series",
      B2: "Snapshots are taken on a timer, never on the way of an order",
      B3: "Set up by environment variables; on loopback unless asked otherwise",
      B4: "Exported values equal the bot's own to the last digit",
      B5: "Rules for losses, drawdown, win rate, open breaker and silence",
    },
  ],
  [
    "Betting bot",
    {
      C1: "Delay, acceptance time, fill ratio, partial fills, voids and errors, by venue",
      C2: "Live state in one object, all of it series as well, and an API that gives it",
      C3: "A heartbeat each 30 s without drift, logged, with a proof that no beat is missing",
      C4: "Balances of wallets are watched, strictly read-only",
      C5: "Limits come from the bot's own files; what changes there changes the alerts",
      C6: "Settings in layers, each value with its source, one hash over all",
      C7: "Rules for fill ratio, acceptance time, sequencer, RPC, stake cap and balances",
      C8: "Those rules pause the orchestrator at once",
      C9: "A dashboard of service quality",
      C10: "Evidence: pictures, rules, a day of heartbeats",
    },
  ],
  [
    "Scraper",
    {
      D1: "A health check of machine, network, secrets store and scrapers",
      D2: "A scheduler for health, backups and the daily report",
      D3: "Backups are checked for age and size",
      D4: "A daily report with a picture",
      D5: "Rules for scrapers that are down, few opportunities, quotas, a sealed secrets store",
      D6: "A dashboard of health, scraping, business and security",
      D7: "Telegram messages by severity",
      D8: "Structured logs in UTC, rotated",
      D9: "Limits differ between environments by configuration alone",
    },
  ],
  [
    "AI trading bot",
    {
      E1: "The agreed metrics of decisions, policy, trades and portfolio",
      E2: "Metrics on the bot's own HTTP server",
      E3: "A compose file with everything set up and no default password",
      E4: "Dashboards: overview, trading, risk, one for each strategy",
      E5: "Documented and tested queries",
      E6: "Authentication and TLS for what leaves the machine",
      E7: "Cost under the given figures",
      E8: "Critical rules, anomalies, performance alerts, export elsewhere",
    },
  ],
  [
    "All of them",
    {
      F1: "One rule file and one dashboard serve Haltwatch and a real Prometheus and Grafana",
      F2: "From the breach to the pause in milliseconds",
      F3: "A bot without Haltwatch stops trading when its lease ends",
      F4: "A pause stays until a person lifts it with a reason; both are in the journal",
      F5: "No alert is lost",
      F6: "Bots in any language take part",
      F7: "ACTIVE, REDUCING and HALTED, as traders know them",
      F8: "An order after an acknowledged pause is the loudest alert",
      F9: "Missing data is not good news",
      F10: "Bot, watcher and channel watch each other",
      F11: "Nothing listens or sends off the machine unless it was configured",
    },
  ],
];

const TESTS = [
  "packages/**/*.test.ts",
  "conformance/**/*.test.ts",
  "examples/**/*.test.ts",
  "bench/**/*.test.ts",
  "packages/packs/*/rules.test.yml",
];

/** A text that begins with a row's ID and goes on as a sentence: the name of a test. */
const TEST_NAME = /(["'`]|\bname: )([A-F]\d{1,2}\b[^\n]*? [^\n]*?)(?:\1|$)/gm;

const ROW_ID = /\b[A-F](?:1[0-2]|[1-9])\b/g;

/** @throws {Error} if a row has no test */
export function requirementsTable(): string {
  const proofs = testsByRow();
  const sections = SYSTEMS.map(([title, rows]) => {
    const lines = Object.entries(rows).map(([id, text]) => [id, text, proofText(id, proofs.get(id) ?? [])]);
    return `## ${title}\n\n${markdownTable(["row", "what", "proof"], lines)}`;
  });
  const intro =
    "What Haltwatch must do for each kind of bot, and the tests that prove it: the row's ID stands in their names, so that\n`npx vitest run -t 'C5 '` runs the proofs of a row.";
  return `<!-- Generated by \`npm run generate\`. Do not edit. -->\n\n# Requirements\n\n${intro}\n\n${sections.join("\n")}`;
}

/** The files that hold a row's tests, with how many there are. */
function proofText(id: string, files: readonly string[]): string {
  if (files.length === 0) throw new Error(`no test has ${id} in its name: write one`);
  return [...new Set(files)].map((file) => `[${shownName(file)}](../${file})`).join(", ");
}

/** Of rule tests, with their pack. */
function shownName(file: string): string {
  const [folder = "", name = ""] = file.split("/").slice(-2);
  return name.endsWith(".yml") ? `rules of ${folder}` : name.replace(".test.ts", "");
}

/** By row, a file for each test. */
function testsByRow(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const files = globSync(TESTS, { exclude: (path) => /node_modules|dist/.test(path) });
  for (const file of files.map((path) => path.replaceAll("\\", "/")).sort()) {
    for (const [, , name = ""] of readFileSync(file, "utf8").matchAll(TEST_NAME)) {
      for (const [id] of name.matchAll(ROW_ID)) found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}
