/**
 * A bot with three scrapers that asks nobody: a request of each every ten seconds, an opportunity about every five minutes, and the
 * machine it runs on, as a health check would see it.
 */
import { type Gauge, HEALTH_METRICS, Registry, ScraperMetrics } from "@haltwatch/bot";
import type { SimulatedBot, SimulationOptions } from "../pack.ts";
import { seededRandom } from "../seeded-random.ts";

const STEP_MS = 1000;

const SCRAPERS = ["odds", "prices", "listings"] as const;
type Scraper = (typeof SCRAPERS)[number];

/** The one that a fault of a single scraper strikes. */
const STRUCK: Scraper = "prices";

const REQUEST_EVERY_MS = 10_000;

/** Usual time of a request, milliseconds: half of it to one and a half. */
const REQUEST_MS: Readonly<Record<Scraper, number>> = { odds: 400, prices: 800, listings: 600 };

const ERROR_SHARE = 0.01;

/** Chance that a successful request shows an opportunity: about one in five minutes for all scrapers together. */
const OPPORTUNITY_CHANCE = 1 / 90;

/** Expected return of an opportunity: from, to. */
const ROI = [0.005, 0.06] as const;

const SOURCES = 4;

/** The API's calls of an hour, which its answers count down: a third of them are used. */
const QUOTA = { api: "prices-api", limit: 1080, periodMs: 3_600_000 } as const;

/** Calls that somebody else makes each second while the quota is eaten. */
const EATEN_PER_SECOND = 10;

const DAY_MS = 86_400_000;
const BACKUP_BYTES = 25_000_000;

export function startSimulation(options: SimulationOptions): SimulatedBot {
  return new SimulatedScraperBot(options);
}

class SimulatedScraperBot implements SimulatedBot {
  readonly registry = new Registry();
  readonly #metrics: ScraperMetrics;
  readonly #machine: SimulatedMachine;
  readonly #random: () => number;
  readonly #shownTime: (livedMs: number) => number;
  #livedMs: number;
  #isAnswering = true;
  #quotaUsed = 0;

  constructor({ seed, startMs, shownTime = (livedMs) => livedMs }: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#shownTime = shownTime;
    this.#livedMs = startMs;
    this.#metrics = new ScraperMetrics(this.registry, { scrapers: SCRAPERS, now: () => shownTime(this.#livedMs) });
    this.#machine = new SimulatedMachine(this.registry, this.#random);
    this.#tellState(new Set());
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  step(timeMs: number, faults: ReadonlySet<string>): void {
    this.#isAnswering = !faults.has("scraper-down");
    while (this.#livedMs + STEP_MS <= timeMs) {
      this.#livedMs += STEP_MS;
      if (this.#isAnswering) this.#second(faults);
    }
  }

  #second(faults: ReadonlySet<string>): void {
    if (this.#livedMs % QUOTA.periodMs < STEP_MS) this.#quotaUsed = 0;
    if (faults.has("api-quota-eaten")) this.#quotaUsed += EATEN_PER_SECOND;
    if (this.#livedMs % REQUEST_EVERY_MS < STEP_MS) for (const scraper of SCRAPERS) this.#scrape(scraper, faults);
    this.#tellState(faults);
  }

  #scrape(scraper: Scraper, faults: ReadonlySet<string>): void {
    const isStruck = scraper === STRUCK;
    if (isStruck && faults.has("scraper-hangs")) return;
    if (isStruck) this.#quotaUsed += 1;
    const slow = isStruck && faults.has("slow-scraper") ? 10 : 1;
    const latency = REQUEST_MS[scraper] * (0.5 + this.#random()) * slow;
    const errorShare = isStruck && faults.has("source-errors") ? 0.5 : ERROR_SHARE;
    const isFailed = faults.has("network-down") || this.#random() < errorShare;
    this.#metrics.recordRequest({ scraper, outcome: isFailed ? "error" : "success", latency });
    if (isFailed || faults.has("dry-scraper") || this.#random() >= OPPORTUNITY_CHANCE) return;
    this.#metrics.recordOpportunity({ scraper, roi: ROI[0] + this.#random() * (ROI[1] - ROI[0]) });
  }

  #tellState(faults: ReadonlySet<string>): void {
    for (const scraper of SCRAPERS) {
      const active = scraper === STRUCK && faults.has("sources-lost") ? 1 : SOURCES;
      this.#metrics.recordSources({ scraper, configured: SOURCES, active });
    }
    const { api, limit } = QUOTA;
    this.#metrics.recordQuota({ api, limit, remaining: Math.max(0, limit - this.#quotaUsed) });
    this.#machine.tell(this.#shownTime(this.#livedMs), faults);
  }
}

/** The machine, its secrets store and its backups, as a health check tells of them. */
class SimulatedMachine {
  readonly #random: () => number;
  readonly #cpu: Gauge;
  readonly #memory: Gauge;
  readonly #disk: Gauge<"path">;
  readonly #networkUp: Gauge<"target">;
  readonly #checkUp: Gauge<"kind" | "target">;
  readonly #vaultUp: Gauge;
  readonly #vaultSealed: Gauge;
  readonly #backupTime: Gauge<"backup">;
  readonly #backupSize: Gauge<"backup">;

  constructor(registry: Registry, random: () => number) {
    this.#random = random;
    this.#cpu = registry.gauge(HEALTH_METRICS.cpu);
    this.#memory = registry.gauge(HEALTH_METRICS.memory);
    this.#disk = registry.gauge(HEALTH_METRICS.disk);
    this.#networkUp = registry.gauge(HEALTH_METRICS.networkUp);
    this.#checkUp = registry.gauge(HEALTH_METRICS.checkUp);
    this.#vaultUp = registry.gauge(HEALTH_METRICS.vaultUp);
    this.#vaultSealed = registry.gauge(HEALTH_METRICS.vaultSealed);
    this.#backupTime = registry.gauge(HEALTH_METRICS.backupTime);
    this.#backupSize = registry.gauge(HEALTH_METRICS.backupSize);
  }

  tell(timeMs: number, faults: ReadonlySet<string>): void {
    this.#cpu.set((faults.has("cpu-busy") ? 95 : 20) + this.#random() * 5);
    this.#memory.set((faults.has("memory-full") ? 92 : 55) + this.#random() * 3);
    this.#disk.labels("/").set(faults.has("disk-full") ? 97 : 62);
    this.#networkUp.labels("1.1.1.1:443").set(faults.has("network-down") ? 0 : 1);
    this.#checkUp.labels("http", "odds page").set(faults.has("page-gone") ? 0 : 1);
    const isVaultUp = !faults.has("vault-down");
    this.#vaultUp.set(isVaultUp ? 1 : 0);
    if (isVaultUp) this.#vaultSealed.set(faults.has("vault-sealed") ? 1 : 0);
    else this.#vaultSealed.remove();
    const backupMs = timeMs - (timeMs % DAY_MS) - (faults.has("stale-backup") ? 2 * DAY_MS : 0);
    this.#backupTime.labels("daily").set(backupMs / 1000);
    this.#backupSize.labels("daily").set(faults.has("small-backup") ? 200 : BACKUP_BYTES);
  }
}
