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
