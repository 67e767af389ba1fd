/** What the command line needs of probes, health checks, backups and schedules. */

export { type BeatVerdict, verifyBeatLog } from "@haltwatch/probes";
export { type BackupJson, backupJson, type HealthJson, healthJson } from "./health-json.ts";
export { lookAtBackups, lookAtHealth } from "./look-once.ts";
export {
  type CheckedService,
  type CheckedWallet,
  type CheckedWallets,
  checkServices,
  checkWallets,
} from "./probe-once.ts";
export { type ProbeService, startBalanceService, startHeartbeatService } from "./probe-service.ts";
export { schedulesOf } from "./schedule-config.ts";
export { soakHeartbeat } from "./soak-heartbeat.ts";
