/**
 * `npm run soak -- --hours 1`: a bot that sends 1,000 orders a second, its Haltwatch, and programs that take all the processors.
 * Exit code 1 if trading was stopped. What is measured is what it would be on this machine.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Soaked, soakTrading } from "./soak-trading.ts";

const HELP = `npm run soak -- [--hours N | --minutes N] [--orders N] [--hogs N]

  --hours N     how long (default 1)
  --minutes N
  --orders N    orders a second (default 1000)
  --hogs N      programs that compute without end beside it (default: one for each processor)
`;

const { values } = parseArgs({
  options: {
    hours: { type: "string", default: "1" },
    minutes: { type: "string" },
    orders: { type: "string", default: "1000" },
    hogs: { type: "string", default: String(availableParallelism()) },
    help: { type: "boolean" },
  },
});

const stop = new AbortController();
process.once("SIGINT", () => stop.abort()).once("SIGTERM", () => stop.abort());

if (values.help === true) {
  process.stdout.write(HELP);
} else {
  const soaked = await soakTrading({
    seconds: values.minutes === undefined ? 3600 * Number(values.hours) : 60 * Number(values.minutes),
    ordersPerSecond: Number(values.orders),
    hogs: Number(values.hogs),
    tellEverySeconds: 60,
    onStanding: (standing) => process.stdout.write(`${line(standing)}\n`),
    signal: stop.signal,
  });
  const isWell = soaked.stops === 0 && soaked.pauses.length === 0;
  process.stdout.write(`${line(soaked)}\n${isWell ? "Nothing stopped it." : `It was stopped:\n  ${why(soaked)}`}\n`);
  process.exitCode = isWell ? 0 : 1;
}

function line(soaked: Soaked): string {
  const { seconds, orders, refused, stops, pauses, longestRenewalGapMs, botLagMs, haltwatchLagMs } = soaked;
  const mib = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`;
  return [
    `${Math.round(seconds)} s: ${orders.toLocaleString("en")} orders, ${refused} refused`,
    `trading stopped ${stops} times, ${pauses.length} pauses in force`,
    `longest renewal gap ${Math.round(longestRenewalGapMs)} ms of a lease of 3000`,
    `event loop late at most ${Math.round(botLagMs)} ms (bot), ${Math.round(haltwatchLagMs)} ms (Haltwatch)`,
    `memory at most ${mib(soaked.botMemory)} (bot), ${mib(soaked.haltwatchMemory)} (Haltwatch)`,
  ].join("; ");
}

function why({ reasons, pauses }: Soaked): string {
  return [...reasons, ...pauses].join("\n  ");
}
