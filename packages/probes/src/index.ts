/** Looks at what bots depend on: venues, chains, sequencers, wallets, the machine, its backups. */
export { type BackupLimits, type BackupPlace, type BackupResult, checkBackup } from "./backup/backup-check.ts";
export { type BalanceRound, BalanceWatch } from "./balances/balance-watch.ts";
export { type ReadWalletsOptions, readWallets, type WalletReading } from "./balances/read-wallets.ts";
export { type Asset, MAX_WALLETS, type Price, type Prices, type Wallet, type WatchedChain } from "./balances/wallet.ts";
export { checksumAddress, faultOfAddress } from "./chain/address.ts";
export { type Chain, KNOWN_CHAINS, MULTICALL3, type Token } from "./chain/chains.ts";
export { JsonRpc } from "./chain/json-rpc.ts";
export { READ_METHODS } from "./chain/read-methods.ts";
export { rpcService } from "./chain/rpc-service.ts";
export { type FoundSecretKey, findSecretKey } from "./chain/secret-key.ts";
export { sequencerService } from "./chain/sequencer-service.ts";
export { type Clock, SYSTEM_CLOCK } from "./clock/clock.ts";
export { DeadManSwitch } from "./dead-man/dead-man-switch.ts";
export { SystemdNotify } from "./dead-man/systemd-notify.ts";
export { ccxtExchange } from "./exchange/ccxt-exchange.ts";
export type { ExchangePort } from "./exchange/exchange-port.ts";
export { exchangeService } from "./exchange/exchange-service.ts";
export { boundedText } from "./health/bounded-text.ts";
export { httpDateCheck, ntpCheck } from "./health/clock-checks.ts";
export type { CheckResult, HealthCheck } from "./health/health-check.ts";
export { type HealthReport, healthReport } from "./health/health-report.ts";
export { askedOnce, type Machine } from "./health/machine.ts";
export {
  CpuMeter,
  cpuCheck,
  diskCheck,
  fileDescriptorsCheck,
  inodesCheck,
  memoryCheck,
} from "./health/machine-checks.ts";
export { dnsCheck, httpCheck, routeCheck, tcpCheck, tlsCheck } from "./health/network-checks.ts";
export { type AskQuery, type Reading, scraperCheck } from "./health/scraper-check.ts";
export { unitCheck } from "./health/unit-check.ts";
export { VAULT_UNREACHABLE, vaultCheck } from "./health/vault-check.ts";
export { parseBeatLine, printBeat, printBeatLine } from "./heartbeat/beat-line.ts";
export { BeatLog } from "./heartbeat/beat-log.ts";
export { type Beat, Heartbeat, type HeartbeatOptions } from "./heartbeat/heartbeat.ts";
export { FAULT_KINDS, type FaultKind, type ServiceReading } from "./heartbeat/reading.ts";
export type { Service, ServiceKind } from "./heartbeat/service.ts";
export { type BeatVerdict, verifyBeatLog } from "./heartbeat/verify-beats.ts";
export { httpService } from "./http/http-service.ts";
export { faultOfReadRequest } from "./http/read-request.ts";
export { ProbeError, type ProbeErrorCode } from "./probe-error.ts";
export { CronSchedule, isTimeZone, ScheduleError } from "./schedule/cron-schedule.ts";
export { type Due, type ScheduleMemory, Scheduler } from "./schedule/scheduler.ts";
export { crontab, type ExportedJob, onCalendar } from "./schedule/timer-export.ts";
