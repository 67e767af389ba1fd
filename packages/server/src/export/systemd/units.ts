/**
 * Units of systemd for everything that runs: services without any right that they do not need, and timers for what is done by the
 * clock where nobody wants `haltwatch run` to do it.
 */
import { crontab, type ExportedJob, onCalendar } from "@haltwatch/probes";
import type { ServerConfig } from "../../config/server-config.ts";
import { type Scheduled, schedulesOf } from "../../probing/schedule-config.ts";

/** A file of `/etc/systemd/system`. */
export interface SystemdUnit {
  readonly name: string;
  readonly text: string;
}

export interface UnitOptions {
  /** What is run, whole paths: `/usr/bin/node`, `/opt/haltwatch/main.js`. */
  readonly command: readonly string[];
  /** The settings' whole path. */
  readonly configFile: string;
}

type ExportedConfig = Pick<ServerConfig, "schedule" | "backups"> & {
  readonly health: Pick<ServerConfig["health"], "disks">;
};

/** Where state is, below `/var/lib`; the services share it. */
const STATE = "haltwatch";

/** What the event loop may stand still before systemd starts it anew, seconds. */
const WATCHDOG_SECONDS = 60;

/**
 * What no service of ours needs. V8 makes code at run time, so that memory cannot be kept from being both written and executed; the
 * machine's figures are outside of the service's own processes in `/proc`.
 */
const HARDENING = [
  "NoNewPrivileges=yes",
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "ProtectSystem=strict",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectProc=invisible",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectControlGroups=yes",
  "PrivateUsers=yes",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "RemoveIPC=yes",
  "LockPersonality=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources",
  "SystemCallErrorNumber=EPERM",
  "UMask=0077",
];

const DESCRIPTIONS: Readonly<Record<Scheduled, string>> = {
  health: "Haltwatch's look at this machine",
  backup: "Haltwatch's look at backups",
  report: "Haltwatch's daily report",
};

/** How each is called. The report is made by the Haltwatch that runs: it has the samples, and knows its settings. */
function wordsOf(name: Scheduled, { schedule }: ExportedConfig, configFile: string): string[] {
  switch (name) {
    case "health":
      return ["health", "-c", configFile];
    case "backup":
      return ["backup", "check", "-c", configFile];
    case "report":
      return ["report", "daily", ...(schedule.send_report ? ["--send"] : [])];
    default:
      return name satisfies never;
  }
}

/** All of them: `haltwatch.service`, the probes that run by themselves, and the timers with what they start. */
export function systemdUnits(config: ExportedConfig, options: UnitOptions): SystemdUnit[] {
  return [
    { name: "haltwatch.service", text: watcher(config, options) },
    {
      name: "haltwatch-heartbeat.service",
      text: probe("heartbeat", "Haltwatch's heartbeat of venues and chains", config, options),
    },
    { name: "haltwatch-balances.service", text: probe("balances", "Haltwatch's look at wallets", config, options) },
    ...scheduledUnits(config, options),
  ];
}

/** The timers of `[schedule]`, and the services that they start. */
export function scheduledUnits(config: ExportedConfig, options: UnitOptions): SystemdUnit[] {
  return schedulesOf(config.schedule).flatMap(({ name, schedule }) => [
    { name: `haltwatch-${name}.service`, text: oneShot(name, config, options) },
    { name: `haltwatch-${name}.timer`, text: timer(name, onCalendar(schedule)) },
  ]);
}

/** The same for cron, which knows no state folder: it is run as whoever's crontab it is. */
export function crontabText(config: ExportedConfig, { command, configFile }: UnitOptions): string {
  const jobs = schedulesOf(config.schedule).map(({ name, schedule }): ExportedJob => {
    const words = [...command, ...wordsOf(name, config, configFile)];
    return { name, schedule, command: words.map(shellWord).join(" ") };
  });
  return crontab(jobs);
}

function watcher(config: ExportedConfig, options: UnitOptions): string {
  return unit({
    Unit: [
      "Description=Haltwatch: watches trading bots, and halts them",
      "Wants=network-online.target",
      "After=network-online.target time-sync.target",
      "StartLimitIntervalSec=0",
    ],
    Service: [
      "Type=notify",
      // systemd-notify speaks for it: Node has no datagram sockets of Unix.
      "NotifyAccess=all",
      `WatchdogSec=${WATCHDOG_SECONDS}`,
      `ExecStart=${execLine(options, ["run", "-c", options.configFile, "--storage", `%S/${STATE}/haltwatch.db`])}`,
      "ExecReload=kill -HUP $MAINPID",
      "Restart=always",
      "RestartSec=1",
      "TimeoutStopSec=15",
      "LimitNOFILE=65536",
      "OOMScoreAdjust=-500",
      ...common(config, options),
    ],
    Install: ["WantedBy=multi-user.target"],
  });
}

function probe(command: string, description: string, config: ExportedConfig, options: UnitOptions): string {
  return unit({
    Unit: [
      `Description=${description}`,
      "Wants=network-online.target",
      "After=network-online.target time-sync.target",
      "StartLimitIntervalSec=0",
    ],
    Service: [
      "Type=exec",
      `ExecStart=${execLine(options, [command, "-c", options.configFile])}`,
      "Restart=always",
      "RestartSec=5",
      "TimeoutStopSec=15",
      ...common(config, options),
    ],
    Install: ["WantedBy=multi-user.target"],
  });
}

function oneShot(name: Scheduled, config: ExportedConfig, options: UnitOptions): string {
  const words = wordsOf(name, config, options.configFile);
  return unit({
    Unit: [`Description=${DESCRIPTIONS[name]}`, "Wants=network-online.target", "After=network-online.target"],
    Service: [
      "Type=oneshot",
      `ExecStart=${execLine(options, words)}`,
      "TimeoutStartSec=120",
      ...common(config, options),
    ],
  });
}

function timer(name: Scheduled, when: string): string {
  return unit({
    Unit: [`Description=${DESCRIPTIONS[name]}, by the clock`],
    Timer: [`OnCalendar=${when}`, "Persistent=yes", "AccuracySec=1s", `Unit=haltwatch-${name}.service`],
    Install: ["WantedBy=timers.target"],
  });
}

function common({ health, backups }: ExportedConfig, { command, configFile }: UnitOptions): string[] {
  // What is in somebody's home must be readable there; and of a disk there, an empty folder in its place would be looked at.
  const paths = [...command, configFile, ...health.disks, ...backups.map(({ path }) => path)];
  const isAtHome = paths.some((path) => /^\/(?:home|root|run\/user)(?:\/|$)/.test(path));
  return [
    "DynamicUser=yes",
    `User=${STATE}`,
    `StateDirectory=${STATE}`,
    "StateDirectoryMode=0700",
    `WorkingDirectory=%S/${STATE}`,
    // Tokens: HALTWATCH_CONTROL_TOKEN=…, readable by root only.
    "EnvironmentFile=-/etc/haltwatch/environment",
    `ProtectHome=${isAtHome ? "read-only" : "yes"}`,
    ...HARDENING,
  ];
}

function unit(sections: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(sections)
    .map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`)
    .join("\n");
}

function execLine({ command }: UnitOptions, words: readonly string[]): string {
  return [
    ...command.map(escapedWord),
    ...words.map((word) => (word.startsWith("%S/") ? word : escapedWord(word))),
  ].join(" ");
}

/** Source: systemd.service(5), command lines: `%` and `$` are its own, quotes keep blanks together. */
function escapedWord(word: string): string {
  const text = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /[\s"'\\;]/.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
