/**
 * What a health check tells of the machine that a bot runs on, of its secrets store and of its backups. Whoever checks writes them
 * under these names; rules and dashboards read them, whoever wrote them.
 */
import type { MetricDefinitions } from "../definitions.ts";

export const HEALTH_METRICS = {
  cpu: {
    type: "gauge",
    name: "health_cpu_percent",
    unit: "percent",
    help: "Use of all processors together, from 0 to 100.",
  },
  memory: {
    type: "gauge",
    name: "health_memory_percent",
    unit: "percent",
    help: "Memory that programs cannot have, from 0 to 100.",
  },
  disk: {
    type: "gauge",
    name: "health_disk_percent",
    unit: "percent",
    help: "Used part of the file system of a path, from 0 to 100.",
    labelNames: ["path"],
  },
  inodes: {
    type: "gauge",
    name: "health_inodes_percent",
    unit: "percent",
    help: "Used inodes of the file system of a path, from 0 to 100; absent where it has no fixed number of them.",
    labelNames: ["path"],
  },
  fileDescriptors: {
    type: "gauge",
    name: "health_file_descriptors_percent",
    unit: "percent",
    help: "Open files of all processes, of the kernel's limit, from 0 to 100.",
  },
  clockSkew: {
    type: "gauge",
    name: "health_clock_skew_seconds",
    unit: "seconds",
    help: "How far the machine's clock is ahead of a server's; negative: behind.",
    labelNames: ["server"],
  },
  certificateDays: {
    type: "gauge",
    name: "health_certificate_days",
    help: "Whole days until a server's certificate ends; negative when it has ended.",
    labelNames: ["target"],
  },
  checkUp: {
    type: "gauge",
    name: "health_check_up",
    help: "1 if a check of this kind found its target well, 0 if not; absent where it cannot be checked.",
    labelNames: ["kind", "target"],
  },
  checkTime: {
    type: "gauge",
    name: "health_check_timestamp_seconds",
    unit: "seconds",
    help: "Unix time of the newest health check.",
  },
  networkUp: {
    type: "gauge",
    name: "health_network_up",
    help: "1 if a target outside is reached, 0 if not.",
    labelNames: ["target"],
  },
  vaultUp: {
    type: "gauge",
    name: "health_vault_up",
    help: "1 if Vault answers, sealed or not, 0 if it does not.",
  },
  vaultSealed: {
    type: "gauge",
    name: "health_vault_sealed",
    help: "1 if Vault is sealed, 0 if it is open; absent while it does not answer.",
  },
  backupTime: {
    type: "gauge",
    name: "health_backup_timestamp_seconds",
    unit: "seconds",
    help: "Unix time of the newest backup; 0 if there is none.",
    labelNames: ["backup"],
  },
  backupSize: {
    type: "gauge",
    name: "health_backup_size_bytes",
    unit: "bytes",
    help: "Size of the newest backup; 0 if there is none.",
    labelNames: ["backup"],
  },
} as const satisfies MetricDefinitions;
