/** `haltwatch check config alertmanager.yml`: whether it is good; with `--routes` whom its routes lead to. */
import { checkAlertmanagerYml, receiversAsked } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

/**
 * @param labels of an alert, `severity=critical`: only its receivers are printed
 * @throws {NotifyError} for what is wrong
 */
export function checkAlertmanager(text: string, file: string, labels: readonly string[] | undefined): void {
  if (labels !== undefined) {
    process.stdout.write(`${receiversAsked(text, file, pairsOf(labels)).join(",")}\n`);
    return;
  }
  const { warnings, receivers, channels, inhibitRules } = checkAlertmanagerYml(text, file);
  const counts = `Receivers: ${receivers}, channels: ${channels}, inhibit rules: ${inhibitRules}`;
  const lines = [...warnings.map((warning) => `warning: ${warning}`), `${file}: good. ${counts}`];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function pairsOf(labels: readonly string[]): Record<string, string> {
  const pairs = labels.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at <= 0) throw new CommandError(`${JSON.stringify(text)} is no label`, "Write it like severity=critical");
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}
