/** What the command line needs of the server. */
export * from "./api/index.ts";
export type { ConfigSource } from "./config/config-source.ts";
export { type ConfigValue, configValues, differences, textsByKey } from "./config/config-values.ts";
export { type ConfigLayers, readServerConfig, type ServerConfig } from "./config/server-config.ts";
export * from "./exposition/index.ts";
export * from "./files/index.ts";
export { Haltwatch, type HaltwatchOptions } from "./haltwatch.ts";
export * from "./link/index.ts";
export { checkAlertmanagerYml, isAlertmanagerYml, receiversAsked } from "./notify/check-alertmanager.ts";
export { openLog } from "./open-log.ts";
export * from "./packs/index.ts";
export { RuleLoadError, readRuleFiles } from "./rules/rule-manager.ts";
export * from "./scrape/index.ts";
export { isSecretName, type Keyring, systemKeyring } from "./secrets/index.ts";
