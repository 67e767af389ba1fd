/** What the command line needs of the server. */
export * from "./api/index.ts";
export { type ConfigLayers, type ConfigSource, readServerConfig, type ServerConfig } from "./config/server-config.ts";
export * from "./exposition/index.ts";
export * from "./files/index.ts";
export { Haltwatch, type HaltwatchOptions } from "./haltwatch.ts";
export * from "./link/index.ts";
export { openLog } from "./open-log.ts";
export { RuleLoadError, readRuleFiles } from "./rules/rule-manager.ts";
export * from "./scrape/index.ts";
