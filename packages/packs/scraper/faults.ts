/** What the simulated scrapers and their machine can be made to suffer, and what the rules then say. */
import type { Fault } from "../pack.ts";

export const SCRAPER_FAULTS: readonly Fault[] = [
  {
    name: "vault-sealed",
    description: "Vault has been restarted, and is sealed",
    alerts: ["VaultSealed"],
    withinSeconds: 20,
  },
  {
    name: "api-quota-eaten",
    description: "Somebody else uses the same key, and uses its calls up",
    alerts: ["ApiQuotaLow", "ApiQuotaUsedUp"],
    withinSeconds: 180,
  },
  {
    name: "scraper-down",
    description: "The bot's process answers no more",
    alerts: ["ScraperDown"],
    withinSeconds: 330,
  },
  {
    name: "scraper-hangs",
    description: "One of three scrapers asks nothing any more, and its process answers on",
    alerts: ["ScraperWithoutSuccess"],
    withinSeconds: 330,
  },
  {
    name: "slow-scraper",
    description: "The answers to one scraper take ten times as long",
    alerts: ["ScraperSlow"],
    withinSeconds: 240,
  },
  {
    name: "source-errors",
    description: "Half of the requests of one scraper fail",
    alerts: ["ScraperErrorsHigh"],
    withinSeconds: 330,
  },
  {
    name: "sources-lost",
    description: "Three of the four sources of one scraper are gone",
    alerts: ["SourcesInactive"],
    withinSeconds: 90,
  },
  {
    name: "vault-down",
    description: "Vault does not answer",
    alerts: ["VaultDown"],
    withinSeconds: 90,
  },
  {
    name: "cpu-busy",
    description: "Something else takes all processors",
    alerts: ["CpuHigh"],
    withinSeconds: 330,
  },
  {
    name: "memory-full",
    description: "A process takes more and more memory",
    alerts: ["MemoryHigh"],
    withinSeconds: 330,
  },
  {
    name: "disk-full",
    description: "Logs fill the disk",
    alerts: ["DiskFull"],
    withinSeconds: 90,
  },
  {
    name: "network-down",
    description: "The machine reaches nothing outside: every request of every scraper fails",
    alerts: ["NetworkDown", "ScraperErrorsHigh", "ScraperWithoutSuccess"],
    withinSeconds: 330,
  },
  {
    name: "page-gone",
    description: "A page that the scrapers depend on answers with an error",
    alerts: ["HealthCheckFailing"],
    withinSeconds: 90,
  },
  {
    name: "stale-backup",
    description: "No backup was made for two days",
    alerts: ["BackupStale"],
    withinSeconds: 20,
  },
  {
    name: "small-backup",
    description: "The newest backup was broken off at its beginning",
    alerts: ["BackupSmall"],
    withinSeconds: 20,
  },
  {
    name: "dry-scraper",
    description: "The scrapers run and find nothing: the pages look different now",
    alerts: ["OpportunitiesDry"],
    withinSeconds: 11_700,
  },
];
