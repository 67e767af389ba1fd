/** Each pack's simulated bot: healthy it raises no alert, and each fault raises what the pack's table promises, and no other. */
import { PACKS, type Pack } from "@haltwatch/packs";
import { describe, expect, test } from "vitest";
import { SimulatedPlay } from "./simulated-play.ts";

/** Healthy runs, each with a seed of its own; ten at night. */
const SEEDS = Number(process.env["HALTWATCH_SEEDS"] ?? 1);

/** Simulated; a whole day at night. */
const HEALTHY_HOURS = Number(process.env["HALTWATCH_HEALTHY_HOURS"] ?? 2);

/** Before a fault comes, and how long it stays at least. */
const WARM_UP_SECONDS = 180;
const FAULT_SECONDS = 300;

const NEEDED_MS = 30_000 + SEEDS * HEALTHY_HOURS * 10_000;

const SIMULATED: readonly Pack[] = PACKS.filter(({ simulation }) => simulation !== undefined);

describe.each(SIMULATED.map((pack) => [pack.name, pack] as const))("%s", (_, pack) => {
  test(`${HEALTHY_HOURS} healthy hours raise no alert, and its series stay under their budget`, {
    timeout: NEEDED_MS,
  }, async () => {
    let most = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      using play = await SimulatedPlay.start(pack, seed);

      const fired = await play.live(HEALTHY_HOURS * 3600);

      expect([...fired], `seed ${seed}`).toEqual([]);
      expect(play.series, `seed ${seed}`).toBeLessThanOrEqual(pack.seriesBudget);
      most = Math.max(most, play.series);
    }
    process.stdout.write(`${pack.name}: ${most} series of at most ${pack.seriesBudget}\n`);
  });

  test.each(pack.faults.map((fault) => [fault.name, fault] as const))(
    "the fault %s raises what is promised, and no other",
    async (__, fault) => {
      using play = await SimulatedPlay.start(pack, 1);
      const warmUpSeconds = Math.max(WARM_UP_SECONDS, fault.afterSeconds ?? 0);
      expect([...(await play.live(warmUpSeconds))]).toEqual([]);

      const fired = await play.live(Math.max(FAULT_SECONDS, fault.withinSeconds), new Set([fault.name]));

      expect([...fired.keys()].sort()).toEqual([...fault.alerts].sort());
      const latest = Math.max(0, ...fired.values()) - warmUpSeconds;
      expect(latest, "seconds until all of them fire").toBeLessThanOrEqual(fault.withinSeconds);
    },
  );
});
