/**
 * The heartbeat as a service of its own: `node heartbeat-case.ts FILE BEATS`, with the configuration's file. Its last line is what it has
 * to tell, as JSON: processor time for each beat, with everything that goes on between two of them.
 */
import { JsonLog } from "@haltwatch/bot";
import { readServerConfig, startHeartbeatService } from "@haltwatch/server";
import { tellResult } from "../fresh-process.ts";

/** What is compiled, and opened for the first time, is over after so many beats. */
const WARM_UP = 3;

const [, , file = "", count = ""] = process.argv;
const config = readServerConfig({ file, env: {} });
let beats = 0;
let down = 0;
let begin = process.cpuUsage();
let done: () => void = () => undefined;
const finished = new Promise<void>((resolve) => {
  done = resolve;
});
await using _service = await startHeartbeatService({
  config,
  env: {},
  log: JsonLog.silent(),
  onBeat: ({ readings }) => {
    beats++;
    if (beats === WARM_UP) begin = process.cpuUsage();
    for (const { fault } of readings.values()) if (fault !== undefined && beats > WARM_UP) down++;
    if (beats === WARM_UP + Number(count)) done();
  },
});
await finished;
const { user, system } = process.cpuUsage(begin);
tellResult({ cpuMsPerBeat: (user + system) / 1000 / Number(count), down });
