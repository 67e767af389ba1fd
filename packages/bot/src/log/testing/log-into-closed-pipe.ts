/** For a test: logs to a stream whose reader is gone once there is something on stdin, before and after the log's end. */
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { JsonLog } from "../json-log.ts";

const destination = process.argv[2] === "stderr" ? "stderr" : "stdout";
const log = await JsonLog.open({ destination, level: "info" });
await once(process.stdin, "data");
log.info("into a closed pipe");
await log.close();
log.info("after the end");
await setImmediate();
