/** A store that has some days of a simulated bot, as if it had been scraped; the same seed gives the same days. */
import { PACKS, type Pack } from "@haltwatch/packs";
import { Labels, Store } from "@haltwatch/store";
import { Relabelling } from "../../scrape/relabel.ts";
import { completeJob } from "../../scrape/scrape-job.ts";
import { TargetSamples } from "../../scrape/target-samples.ts";

const STEP_MS = 30_000;
const YEAR_MS = 365 * 86_400_000;

export interface SimulatedDays {
  readonly pack: string;
  readonly seed: number;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Which faults are on at this time. */
  readonly faults?: (timeMs: number) => readonly string[];
}

export async function simulatedDays({
  pack: name,
  seed,
  fromMs,
  toMs,
  faults = () => [],
}: SimulatedDays): Promise<Store> {
  const pack = packNamed(name);
  const start = await pack.simulation?.();
  if (start === undefined) throw new Error(`${name} has no simulated bot`);
  const bot = start({ seed, startMs: fromMs });
  const store = new Store({ path: ":memory:", retentionMs: 20 * YEAR_MS });
  const samples = new TargetSamples({
    ...{ store, source: "simulated", targetLabels: Labels.from({ job: pack.job, instance: "bot:9100" }) },
    ...{ job: completeJob({ job_name: pack.job }), relabelling: new Relabelling([]), timeoutSeconds: 1 },
  });
  for (let timeMs = fromMs; timeMs <= toMs; timeMs += STEP_MS) {
    bot.step(timeMs, new Set(faults(timeMs)));
    if (!bot.isAnswering) {
      samples.readNothing(timeMs);
      samples.end({ ...{ isUp: false, durationSeconds: 0.01, scraped: 0, kept: 0, added: 0, bodyBytes: 0 } });
      continue;
    }
    const body = Buffer.from(await bot.registry.metrics());
    samples.begin(timeMs);
    samples.read(body, "text");
    samples.end({ isUp: true, durationSeconds: 0.01, ...samples.counts, bodyBytes: body.length });
  }
  return store;
}

export function packNamed(name: string): Pack {
  const pack = PACKS.find((one) => one.name === name);
  if (pack === undefined) throw new Error(`there is no pack ${name}`);
  return pack;
}
