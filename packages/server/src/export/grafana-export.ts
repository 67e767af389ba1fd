/** What a Grafana is provisioned with: Prometheus and Haltwatch as data sources, and the dashboards of the enabled packs. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import type { ExportPlaces } from "./export-places.ts";
import { type ExportedFile, yamlFile } from "./exported-file.ts";
import { haltwatchAddress, READ_TOKEN } from "./haltwatch-address.ts";

/** Where the Prometheus of an export listens. */
export const PROMETHEUS_ADDRESS = "127.0.0.1:9090";

export interface GrafanaExportOptions {
  /** The folder of the dashboards, as Grafana sees it. */
  readonly dashboardsFolder: string;
}

export function grafanaFiles(
  config: ServerConfig,
  places: ExportPlaces,
  { dashboardsFolder }: GrafanaExportOptions,
): ExportedFile[] {
  const provider = {
    apiVersion: 1,
    providers: [
      {
        ...{ name: "haltwatch", folder: "Haltwatch", type: "file", disableDeletion: false, allowUiUpdates: false },
        options: { path: dashboardsFolder, foldersFromFilesStructure: false },
      },
    ],
  };
  return [
    yamlFile("provisioning/datasources/haltwatch.yaml", dataSources(config, places)),
    yamlFile("provisioning/dashboards/haltwatch.yaml", provider),
    ...dashboards(config),
  ];
}

function dataSources(config: ServerConfig, places: ExportPlaces): object {
  const { scheme, host } = haltwatchAddress(config);
  const common = { type: "prometheus", access: "proxy", editable: false };
  const timeInterval = { timeInterval: "5s", httpMethod: "POST" };
  return {
    apiVersion: 1,
    datasources: [
      {
        ...{ name: "Prometheus", uid: "prometheus", ...common, url: `http://${PROMETHEUS_ADDRESS}`, isDefault: true },
        jsonData: timeInterval,
      },
      {
        ...{ name: "Haltwatch", uid: "haltwatch", ...common, url: `${scheme}://${host}` },
        ...withToken(config, places, timeInterval),
      },
    ],
  };
}

/** Grafana reads the files that its provisioning names in this way. */
function withToken({ web }: ServerConfig, places: ExportPlaces, timeInterval: object): object {
  const certificate =
    web.tls_cert_file === undefined
      ? {}
      : {
          jsonData: { tlsAuthWithCACert: true },
          secureJsonData: { tlsCACert: `$__file{${places.file(web.tls_cert_file)}}` },
        };
  const token =
    web.read_token === undefined
      ? {}
      : {
          jsonData: { httpHeaderName1: "Authorization" },
          secureJsonData: {
            httpHeaderValue1: `Bearer $__file{${places.secret(web.read_token, READ_TOKEN, "the token with which Haltwatch is read")}}`,
          },
        };
  const secure = { ...certificate.secureJsonData, ...token.secureJsonData };
  return {
    jsonData: { ...timeInterval, ...certificate.jsonData, ...token.jsonData },
    ...(Object.keys(secure).length === 0 ? {} : { secureJsonData: secure }),
  };
}

/** As the packs have them. */
function dashboards({ packs }: ServerConfig): ExportedFile[] {
  return packs.flatMap((pack) =>
    pack.dashboards.map((file) => {
      const name = basename(file);
      return { path: `dashboards/${pack.name}-${name}`, text: readFileSync(file, "utf8") };
    }),
  );
}
