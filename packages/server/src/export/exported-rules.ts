/** The rule files in force, copied as they are, and the rules about absent thresholds, which a real Prometheus does not make itself. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import { readRuleFiles } from "../rules/rule-manager.ts";
import { namedThresholds, thresholdRuleContent } from "../rules/threshold-rules.ts";
import { type ExportedFile, yamlFile } from "./exported-file.ts";

const THRESHOLDS_FILE = "rules/haltwatch-thresholds.yml";

/** @throws {RuleLoadError} if one of them is wrong */
export function exportedRules({ ruleFiles, folder, packs }: ServerConfig): ExportedFile[] {
  const { files } = readRuleFiles({ files: ruleFiles, folder });
  const packOf = new Map(packs.flatMap((pack) => pack.ruleFiles.map((file) => [file, pack.name] as const)));
  const taken = new Set([THRESHOLDS_FILE]);
  const copies = files.map(({ file }) => {
    const path = freePath(packOf.get(file) ?? basename(file).replace(/\.ya?ml$/, ""), taken);
    return { path, text: readFileSync(file, "utf8") };
  });
  const content = thresholdRuleContent(namedThresholds(files));
  const note = "A limit that a rule compares with, and nobody defines: the rule would never fire.";
  return content === undefined ? copies : [...copies, yamlFile(THRESHOLDS_FILE, content, note)];
}

/** Two files may have the same name in different folders. */
function freePath(name: string, taken: Set<string>): string {
  for (let count = 1; ; count++) {
    const path = `rules/${name}${count === 1 ? "" : `-${count}`}.yml`;
    if (taken.has(path)) continue;
    taken.add(path);
    return path;
  }
}
