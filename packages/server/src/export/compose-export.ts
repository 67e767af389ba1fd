/**
 * The whole stack as one compose file: Haltwatch, Prometheus, Alertmanager, Grafana. Containers share the machine's network, and
 * everything listens on loopback: so bots that listen there are reached, and nothing is from elsewhere (docs/stack.md says why).
 */
import { basename, dirname, relative, resolve } from "node:path";
import { formatDuration } from "@haltwatch/promql";
import type { ServerConfig } from "../config/server-config.ts";
import { type AlertmanagerExportOptions, alertmanagerFiles, CONTROL_TOKEN } from "./alertmanager-export.ts";
import { ExportPlaces } from "./export-places.ts";
import { type Export, type ExportedFile, inFolder, type NeededSecret, yamlFile } from "./exported-file.ts";
import { grafanaFiles, PROMETHEUS_ADDRESS } from "./grafana-export.ts";
import { haltwatchAddress, READ_TOKEN } from "./haltwatch-address.ts";
import { IMAGES } from "./images.ts";
import { ALERTMANAGER_ADDRESS, prometheusFiles } from "./prometheus-export.ts";

export interface ComposeExportOptions extends AlertmanagerExportOptions {
  /** Haltwatch's program, relative to the folder that it is installed in. */
  readonly program: string;
  /** `dev`: haltwatch.dev.toml lies over haltwatch.toml. */
  readonly environment: string | undefined;
}

const GRAFANA_ADDRESS = "127.0.0.1:3000";
const LINK_TOKEN = "haltwatch-link-token";
const ADMIN_PASSWORD = "grafana-admin-password";

/** Where a container has its secrets. */
const SECRETS = "/run/secrets";

/** @throws {RuleLoadError} if a rule file is wrong */
export function composeExport(config: ServerConfig, options: ComposeExportOptions): Export {
  const places = {
    haltwatch: placesOf(config),
    prometheus: placesOf(config),
    alertmanager: placesOf(config),
    grafana: placesOf(config),
  };
  const alertmanager = alertmanagerFiles(config, places.alertmanager, options);
  const grafana = grafanaFiles(config, places.grafana, { dashboardsFolder: "/etc/haltwatch/dashboards" });
  const prometheus = prometheusFiles(config, places.prometheus);
  const services = {
    haltwatch: haltwatchService(config, places.haltwatch, options),
    prometheus: prometheusService(config, places.prometheus),
    alertmanager: alertmanagerService(places.alertmanager),
    grafana: grafanaService(places.grafana),
  };
  const secrets = Object.values(places).flatMap(({ needed }) => needed);
  const handed = Object.values(places).flatMap((one) => one.handed);
  const content = {
    services,
    secrets: Object.fromEntries([
      ...secrets.map(({ name }) => [name, { file: `./secrets/${name}` }]),
      ...handed.map(({ name, path }) => [name, { file: path }]),
    ]),
  };
  return {
    files: [
      yamlFile("compose.yaml", content, NOTE),
      { path: ".gitignore", text: ".env\ndata/\nsecrets/\n" },
      ...inFolder("prometheus", prometheus),
      ...inFolder("alertmanager", alertmanager.files),
      ...inFolder("grafana", grafana),
    ],
    secrets: distinct(secrets),
    dataFolders: Object.keys(services).map((name) => `data/${name}`),
    warnings: [...alertmanager.warnings, ...unreadable(config), ...handedOn(config)],
  };
}

const NOTE =
  "docker compose up -d\nEverything listens on loopback. Paths and user are in .env, passwords and tokens in secrets/: both are made by the command.";

/**
 * What of a compose export is this machine's alone: `.env`.
 *
 * @param home the folder that Haltwatch is installed in
 * @param user whose files they are: containers run as this user, or else could not read the secrets
 * @param before what the file says now: what a person has put there stays
 */
export function composeEnvironment(
  { file, folder }: ServerConfig,
  {
    home,
    user,
    before,
  }: { readonly home: string; readonly user: { readonly uid: number; readonly gid: number }; readonly before: string },
): ExportedFile {
  const values = {
    COMPOSE_PROJECT_NAME: "haltwatch",
    HALTWATCH_HOME: home,
    HALTWATCH_CONFIG_DIR: folder,
    HALTWATCH_CONFIG_FILE: basename(file ?? "haltwatch.toml"),
    HALTWATCH_UID: user.uid,
    HALTWATCH_GID: user.gid,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const others = before
    .split("\n")
    .filter((line) => line !== "" && !Object.hasOwn(values, line.split("=", 1)[0] ?? ""));
  return { path: ".env", text: `${[...lines, ...others].join("\n")}\n`, isPrivate: true };
}

function placesOf({ folder }: ServerConfig): ExportPlaces {
  return new ExportPlaces({ configFolder: folder, secretPath: (name) => `${SECRETS}/${name}`, keepsFiles: false });
}

/** What all of them have in common. */
function service(image: string, places: ExportPlaces, volumes: readonly string[]): object {
  const names = [...places.needed, ...places.handed].map(({ name }) => name).sort();
  const files = places.files.map((path) => readOnly(path.includes("*") ? dirname(path) : path));
  return {
    image,
    network_mode: "host",
    user: `\${HALTWATCH_UID:?haltwatch export compose writes it}:\${HALTWATCH_GID}`,
    restart: "unless-stopped",
    init: true,
    read_only: true,
    tmpfs: ["/tmp"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    volumes: [...volumes, ...files],
    ...(names.length === 0 ? {} : { secrets: names }),
  };
}

function haltwatchService(config: ServerConfig, places: ExportPlaces, options: ComposeExportOptions): object {
  const { web, link } = config;
  const { scheme, host } = haltwatchAddress(config);
  const control = places.secret(web.control_token, CONTROL_TOKEN, "the token with which Haltwatch is told to pause");
  const tokens = {
    HALTWATCH_WEB_CONTROL_TOKEN: `file:${control}`,
    ...(web.read_token === undefined
      ? {}
      : {
          HALTWATCH_WEB_READ_TOKEN: `file:${places.secret(web.read_token, READ_TOKEN, "the token with which Haltwatch is read")}`,
        }),
    ...(link.token === undefined
      ? {}
      : { HALTWATCH_LINK_TOKEN: `file:${places.secret(link.token, LINK_TOKEN, "the token that bots show")}` }),
  };
  return {
    ...service(IMAGES.haltwatch, places, [
      `\${HALTWATCH_HOME}:\${HALTWATCH_HOME}:ro`,
      `\${HALTWATCH_CONFIG_DIR}:\${HALTWATCH_CONFIG_DIR}:ro`,
      ...[...outside(config), ...secretsOutside(config)].map(readOnly),
      "./data/haltwatch:/data",
    ]),
    working_dir: `\${HALTWATCH_CONFIG_DIR}`,
    command: [
      ...["node", `\${HALTWATCH_HOME}/${options.program}`, "run"],
      ...["-c", `\${HALTWATCH_CONFIG_DIR}/\${HALTWATCH_CONFIG_FILE}`],
    ],
    environment: {
      HALTWATCH_STORAGE_PATH: "/data/haltwatch.db",
      ...(options.environment === undefined ? {} : { HALTWATCH_ENV: options.environment }),
      ...tokens,
      // Those that the settings name, handed on from .env or from the shell.
      ...Object.fromEntries(environmentNames(config).map((name) => [name, `\${${name}:-}`])),
    },
    ...(scheme === "https"
      ? {}
      : { healthcheck: healthcheck(["node", "-e", healthScript(`http://${host}/-/healthy`)]) }),
  };
}

function prometheusService({ storage }: ServerConfig, places: ExportPlaces): object {
  return {
    ...service(IMAGES.prometheus, places, [
      readOnlyAt("./prometheus", "/etc/prometheus"),
      "./data/prometheus:/prometheus",
    ]),
    command: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${formatDuration(storage.retention)}`,
      `--web.listen-address=${PROMETHEUS_ADDRESS}`,
    ],
    healthcheck: wget(`http://${PROMETHEUS_ADDRESS}/-/healthy`),
  };
}

function alertmanagerService(places: ExportPlaces): object {
  return {
    ...service(IMAGES.alertmanager, places, [
      readOnlyAt("./alertmanager", "/etc/alertmanager"),
      "./data/alertmanager:/alertmanager",
    ]),
    command: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.listen-address=${ALERTMANAGER_ADDRESS}`,
      "--cluster.listen-address=", // alone
    ],
    healthcheck: wget(`http://${ALERTMANAGER_ADDRESS}/-/healthy`),
  };
}

function grafanaService(places: ExportPlaces): object {
  const password = places.secret(undefined, ADMIN_PASSWORD, "the password of Grafana's user admin");
  const [host, port] = GRAFANA_ADDRESS.split(":");
  return {
    ...service(IMAGES.grafana, places, [
      readOnlyAt("./grafana/provisioning", "/etc/grafana/provisioning"),
      readOnlyAt("./grafana/dashboards", "/etc/haltwatch/dashboards"),
      "./data/grafana:/var/lib/grafana",
    ]),
    environment: {
      GF_SERVER_HTTP_ADDR: host,
      GF_SERVER_HTTP_PORT: port,
      GF_SECURITY_ADMIN_PASSWORD__FILE: password,
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_LOG_MODE: "console",
      // It asks nobody outside.
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
    },
    healthcheck: wget(`http://${GRAFANA_ADDRESS}/api/health`),
  };
}

function readOnly(path: string): string {
  return readOnlyAt(path, path);
}

function readOnlyAt(path: string, target: string): string {
  return `${path}:${target}:ro`;
}

function wget(url: string): object {
  return healthcheck(["wget", "-q", "--spider", url]);
}

function healthcheck(command: readonly string[]): object {
  return { test: ["CMD", ...command], interval: "10s", timeout: "5s", retries: 3, start_period: "30s" };
}

function healthScript(url: string): string {
  return `fetch("${url}").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
}

/** Folders of what was read, and of rule files, that are not in the configuration's. */
function outside({ folder, readFiles, ruleFiles, packs }: ServerConfig): string[] {
  const ours = new Set(packs.flatMap((pack) => pack.ruleFiles)); // where Haltwatch is installed, or beside a pack.toml
  const folders = [...readFiles, ...ruleFiles.filter((file) => !ours.has(file))].map((file) => dirname(file));
  return [...new Set(folders.filter((one) => isOutside(folder, one)))].sort();
}

/** Files of secrets and certificates that Haltwatch reads by itself, and that are not in the configuration's folder. */
function secretsOutside({ folder, shown, web, link }: ServerConfig): string[] {
  const replaced = [web.control_token, web.read_token, link.token].flatMap((one) =>
    one?.kind === "file" ? [resolve(folder, one.path)] : [],
  );
  const named = [...shown.matchAll(/\bfile:([^\s"\\]+)|_file":"([^"\\]+)"/g)].map(([, reference, path]) =>
    resolve(folder, reference ?? path ?? ""),
  );
  return [...new Set(named)].filter((path) => isOutside(folder, path) && !replaced.includes(path)).sort();
}

function isOutside(folder: string, path: string): boolean {
  return relative(folder, path).startsWith("..");
}

function environmentNames({ shown, web, link }: ServerConfig): string[] {
  const replaced = [web.control_token, web.read_token, link.token].flatMap((one) =>
    one?.kind === "env" ? [one.name] : [],
  );
  const names = [...shown.matchAll(/\benv:([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name = ""]) => name);
  return [...new Set(names)].filter((name) => !replaced.includes(name)).sort();
}

/** What a container has only if it is set where it is started. */
function handedOn(config: ServerConfig): string[] {
  return environmentNames(config).map((name) => `Haltwatch reads ${name}: put it into .env, where it stays`);
}

/** Secrets that no container has. */
function unreadable({ shown }: ServerConfig): string[] {
  const found = [...shown.matchAll(/\b(?:keyring|credential):[A-Za-z0-9._-]+/g)].map(([reference]) => reference);
  return [...new Set(found)].map(
    (reference) => `${reference} cannot be read by Haltwatch in a container: keep it in a file, and write file:PATH`,
  );
}

function distinct(secrets: readonly NeededSecret[]): NeededSecret[] {
  return [...new Map(secrets.map((one) => [one.name, one])).values()];
}
