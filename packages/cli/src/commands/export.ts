/** `haltwatch export compose|prometheus|alertmanager|grafana DIR`: the same for a real Prometheus, Alertmanager and Grafana. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AlertmanagerExportOptions,
  alertmanagerExport,
  composeEnvironment,
  composeExport,
  type Export,
  grafanaExport,
  prometheusExport,
  readServerConfig,
  Secrets,
  type ServerConfig,
  writeExport,
} from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { thisProgram } from "../this-program.ts";

/** Where Haltwatch is installed, with all that it needs. */
const HOME = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

export interface ExportFlags {
  readonly config?: string;
  readonly env?: string;
  readonly force?: boolean;
  readonly withSecrets?: boolean;
}

export interface ReceiversFlag {
  readonly receivers: AlertmanagerExportOptions["receivers"];
}

/** @throws {CommandError}, {HaltwatchError} if it cannot be written; then nothing is */
export async function exportCompose(folder: string, flags: ExportFlags & ReceiversFlag): Promise<void> {
  const config = read(flags);
  if (config.file === undefined)
    throw new CommandError("there is no haltwatch.toml to export", "Write one, or name it with -c");
  const program = relative(HOME, thisProgram().at(-1) ?? "");
  const made = composeExport(config, { program, environment: flags.env, receivers: flags.receivers });
  const user = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
  const env = join(folder, ".env");
  const before = existsSync(env) ? readFileSync(env, "utf8") : "";
  const whole = { ...made, files: [...made.files, composeEnvironment(config, { home: HOME, user, before })] };
  const warnings =
    user.uid === 0 ? [...made.warnings, "containers will run as root: let another user export"] : made.warnings;
  await write(config, resolve(folder), { ...whole, warnings }, flags, [
    `cd ${folder} && docker compose up -d`,
    ...tellsTwice(config, flags),
    "Grafana     http://localhost:3000, user admin, password in secrets/grafana-admin-password",
    "Prometheus  http://localhost:9090",
    "Haltwatch   where [web] listen says; its control token is in secrets/haltwatch-control-token",
  ]);
}

export async function exportPrometheus(folder: string, flags: ExportFlags): Promise<void> {
  const config = read(flags);
  const whole = resolve(folder);
  await write(config, whole, prometheusExport(config, whole), flags, [
    `promtool check config ${join(folder, "prometheus.yml")}`,
    `prometheus --config.file=${join(folder, "prometheus.yml")} --web.listen-address=127.0.0.1:9090`,
  ]);
}

export async function exportAlertmanager(folder: string, flags: ExportFlags & ReceiversFlag): Promise<void> {
  const config = read(flags);
  const whole = resolve(folder);
  await write(config, whole, alertmanagerExport(config, whole, flags), flags, [
    ...(config.web.control_token === undefined
      ? [
          `Give Haltwatch the token, too: control_token = "file:${join(whole, "secrets/haltwatch-control-token")}" under [web]`,
        ]
      : []),
    ...tellsTwice(config, flags),
    `amtool check-config ${join(folder, "alertmanager.yml")}`,
    `alertmanager --config.file=${join(folder, "alertmanager.yml")} --web.listen-address=127.0.0.1:9093 --cluster.listen-address=`,
  ]);
}

export async function exportGrafana(folder: string, flags: ExportFlags): Promise<void> {
  const config = read(flags);
  const whole = resolve(folder);
  await write(config, whole, grafanaExport(config, whole), flags, [
    `Start Grafana with GF_PATHS_PROVISIONING=${join(whole, "provisioning")},`,
    "or copy what is in provisioning/ into its own, such as /etc/grafana/provisioning",
  ]);
}

function read({ config: file, env: environment }: ExportFlags): ServerConfig {
  return readServerConfig({ file, environment, env: process.env });
}

/** Haltwatch goes on telling them itself. */
function tellsTwice({ notifying }: ServerConfig, { receivers }: ReceiversFlag): string[] {
  const channels = [...notifying.config.receivers.values()].reduce((sum, one) => sum + one.channels.length, 0);
  if (channels === 0 || receivers === "none") return [];
  return ["People are told by Alertmanager and by Haltwatch: --receivers none leaves it to Haltwatch"];
}

async function write(
  config: ServerConfig,
  folder: string,
  made: Export,
  { force = false, withSecrets = false }: ExportFlags,
  next: readonly string[],
): Promise<void> {
  const secrets = new Secrets({ env: process.env, folder: config.folder });
  const {
    files,
    secrets: written,
    missing,
  } = await writeExport(folder, made, {
    force,
    readSecret: withSecrets ? ({ reference = "", what }) => secrets.read(reference, what) : undefined,
  });
  const lines = [
    ...files.map((path) => join(folder, path)),
    ...written.map(({ name, what }) => `${join(folder, "secrets", name)}  (only you may read it: ${what})`),
    ...made.warnings.map((warning) => `warning: ${warning}`),
    "",
    ...missing.map(
      ({ name, what, reference }) =>
        `Put ${what} (${reference}) into ${join(folder, "secrets", name)}, or export with --with-secrets`,
    ),
    ...next,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
