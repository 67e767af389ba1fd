/** One program's configuration, for who runs it already. */
import { join } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import { type AlertmanagerExportOptions, alertmanagerFiles } from "./alertmanager-export.ts";
import { ExportPlaces } from "./export-places.ts";
import type { Export } from "./exported-file.ts";
import { grafanaFiles } from "./grafana-export.ts";
import { prometheusFiles } from "./prometheus-export.ts";

/** @param folder the export's, as a whole path: programs find their secrets in it */
export function prometheusExport(config: ServerConfig, folder: string): Export {
  const places = placesIn(config, folder);
  return { files: prometheusFiles(config, places), secrets: places.needed, dataFolders: [], warnings: [] };
}

export function alertmanagerExport(config: ServerConfig, folder: string, options: AlertmanagerExportOptions): Export {
  const places = placesIn(config, folder);
  const { files, warnings } = alertmanagerFiles(config, places, options);
  return { files, secrets: places.needed, dataFolders: [], warnings };
}

export function grafanaExport(config: ServerConfig, folder: string): Export {
  const places = placesIn(config, folder);
  const files = grafanaFiles(config, places, { dashboardsFolder: join(folder, "dashboards") });
  return { files, secrets: places.needed, dataFolders: [], warnings: [] };
}

function placesIn({ folder }: ServerConfig, exportFolder: string): ExportPlaces {
  const secretPath = (name: string): string => join(exportFolder, "secrets", name);
  return new ExportPlaces({ configFolder: folder, secretPath, keepsFiles: true });
}
