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

type ExportedConfig = Pick<ServerConfig, "schedule">;

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

/** How each is called and said. */
const JOBS: Readonly<Record<Scheduled, { readonly command: string; readonly description: string }>> = {
  health: { command: "health", description: "Haltwatch's look at this machine" },
  backup: { command: "backup check", description: "Haltwatch's look at backups" },
  report: { command: "report daily --send", description: "Haltwatch's daily report" },
};

/** All of them: `haltwatch.service`, the probes that run by themselves, and the timers with what they start. */
export function systemdUnits(config: ExportedConfig, options: UnitOptions): SystemdUnit[] {
  return [
    { name: "haltwatch.service", text: watcher(options) },
    {
      name: "haltwatch-heartbeat.service",
      text: probe("heartbeat", "Haltwatch's heartbeat of venues and chains", options),
    },
    { name: "haltwatch-balances.service", text: probe("balances", "Haltwatch's look at wallets", options) },
    ...scheduledUnits(config, options),
  ];
}

/** The timers of `[schedule]`, and the services that they start. */
export function scheduledUnits(config: ExportedConfig, options: UnitOptions): SystemdUnit[] {
  return schedulesOf(config.schedule).flatMap(({ name, schedule }) => [
    { name: `haltwatch-${name}.service`, text: oneShot(name, options) },
    { name: `haltwatch-${name}.timer`, text: timer(name, onCalendar(schedule)) },
  ]);
}

/** The same for cron, which knows no state folder: it is run as whoever's crontab it is. */
export function crontabText(config: ExportedConfig, { command, configFile }: UnitOptions): string {
  const jobs = schedulesOf(config.schedule).map(({ name, schedule }): ExportedJob => {
    const words = [...command, ...JOBS[name].command.split(" "), ...(takesConfig(name) ? ["-c", configFile] : [])];
    return { name, schedule, command: words.map(shellWord).join(" ") };
  });
  return crontab(jobs);
}

function watcher(options: UnitOptions): string {
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
      ...common(options),
    ],
    Install: ["WantedBy=multi-user.target"],
  });
}

function probe(command: string, description: string, options: UnitOptions): string {
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
      ...common(options),
    ],
    Install: ["WantedBy=multi-user.target"],
  });
}

function oneShot(name: Scheduled, options: UnitOptions): string {
  const words = [...JOBS[name].command.split(" "), ...(takesConfig(name) ? ["-c", options.configFile] : [])];
  return unit({
    Unit: [`Description=${JOBS[name].description}`, "Wants=network-online.target", "After=network-online.target"],
    Service: ["Type=oneshot", `ExecStart=${execLine(options, words)}`, "TimeoutStartSec=120", ...common(options)],
  });
}

/** The report is made by the Haltwatch that runs: it has the samples. */
function takesConfig(name: Scheduled): boolean {
  return name !== "report";
}

function timer(name: Scheduled, when: string): string {
  return unit({
    Unit: [`Description=${JOBS[name].description}, by the clock`],
    Timer: [`OnCalendar=${when}`, "Persistent=yes", "AccuracySec=1s", `Unit=haltwatch-${name}.service`],
    Install: ["WantedBy=timers.target"],
  });
}

function common({ command }: UnitOptions): string[] {
  // What is in somebody's home must be readable there.
  const isAtHome = command.some((path) => /^\/(?:home|root|run\/user)\//.test(path));
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
