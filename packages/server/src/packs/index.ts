/** Packs: found, read, checked, enabled. */
export { checkPack } from "./check-pack.ts";
export { enablePack } from "./enable-pack.ts";
export { isFolder as isPackFolder } from "./find-packs.ts";
export { type PackAlert, packAlerts } from "./pack-alerts.ts";
export { packTemplate } from "./pack-template.ts";
export { readPackFolder } from "./read-pack-folder.ts";
