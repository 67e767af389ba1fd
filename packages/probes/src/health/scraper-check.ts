/** Each scraper's latest success and how often it asks, from whoever has its series: Haltwatch's store, or a Prometheus. */
import { type HealthCheck, type NamedFinding, unhealthy } from "./health-check.ts";

/** One series of a query's answer at one moment. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks a PromQL query for now. @throws if nobody answers */
export type AskQuery = (query: string, signal: AbortSignal) => Promise<readonly Reading[]>;

export interface ScraperCheckOptions {
  readonly ask: AskQuery;
  /** A scraper without a success for longer is down, seconds. */
  readonly ageLimitSeconds: number;
  readonly timeoutMs: number;
}

const AGE = "time() - scraper_last_success_timestamp_seconds";
/** Of a process that does not answer: its series end then, and without this it would be missing without a word. */
const DOWN = 'up{job="scraper"} == 0';

const RATE = "rate(scraper_requests_total[5m]) * 60";

/** Labels that tell scrapers of the same name from each other. */
const PLACES = ["bot", "job", "instance"] as const;

export function scraperCheck({ ask, ageLimitSeconds, timeoutMs }: ScraperCheckOptions): HealthCheck {
  return {
    ...{ kind: "scraper", name: "", timeoutMs },
    run: async (signal) => {
      const [ages, rates, down] = await Promise.all([ask(AGE, signal), ask(RATE, signal), ask(DOWN, signal)]);
      const silent = down.map(({ labels }): NamedFinding => {
        return { name: labels["instance"] ?? "", ...unhealthy("its process does not answer") };
      });
      const findings = [...silent, ...ages.map((age) => findingOf(age, { ages, rates, ageLimitSeconds }))];
      return findings.length === 0 ? unhealthy("no scraper has told anything") : findings;
    },
  };
}

function findingOf(
  { labels, value }: Reading,
  {
    ages,
    rates,
    ageLimitSeconds,
  }: { readonly ages: readonly Reading[]; readonly rates: readonly Reading[]; readonly ageLimitSeconds: number },
): NamedFinding {
  const name = labels["scraper"] ?? "";
  const isTwice = ages.filter((one) => one.labels["scraper"] === labels["scraper"]).length > 1;
  const where = PLACES.map((label) => labels[label] ?? "").find((text) => text !== "") ?? "";
  const rate = rates.find((one) => isSame(one.labels, labels))?.value;
  const seconds = Math.round(value);
  const often = rate === undefined ? "" : `, ${Math.round(rate * 10) / 10} requests a minute`;
  return {
    name: isTwice ? `${name} (${where})` : name,
    // An age that is no number is no success either.
    status: value <= ageLimitSeconds ? "ok" : "unhealthy",
    detail: `last success ${seconds} s ago${often}`,
    ...{ value: seconds, limit: ageLimitSeconds, unit: "seconds" },
  };
}

function isSame(some: Reading["labels"], others: Reading["labels"]): boolean {
  return ["scraper", ...PLACES].every((name) => some[name] === others[name]);
}
