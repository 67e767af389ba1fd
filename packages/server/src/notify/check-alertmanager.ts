/** An alertmanager.yml without running it: whether it is good, and whom its routes lead to. */
import { readAlertmanagerYml, receiversOf } from "@haltwatch/notify";
import { Labels } from "@haltwatch/store";

export interface CheckedAlertmanagerYml {
  /** What is left out, with its place. */
  readonly warnings: readonly string[];
  readonly receivers: number;
  readonly channels: number;
  readonly inhibitRules: number;
}

/** Whether this is Alertmanager's configuration: it has what no other has. */
export function isAlertmanagerYml(text: string): boolean {
  return /^route\s*:/m.test(text) && /^receivers\s*:/m.test(text);
}

/** @throws {NotifyError} for what is wrong, with its place */
export function checkAlertmanagerYml(text: string, file: string): CheckedAlertmanagerYml {
  const { warnings, receivers, inhibitRules } = readAlertmanagerYml(text, file, { secrets: "refuse" });
  return {
    warnings: warnings.map(
      ({ line, column, message }) => `${[file, line, column].filter(Boolean).join(":")}: ${message}`,
    ),
    receivers: receivers.size,
    channels: [...receivers.values()].reduce((sum, { channels }) => sum + channels.length, 0),
    inhibitRules: inhibitRules.length,
  };
}

/**
 * Who is told of an alert with these labels, as `amtool config routes test` prints it. Secrets in the file do not matter here.
 *
 * @throws {NotifyError} for what is wrong, with its place
 */
export function receiversAsked(text: string, file: string, labels: Readonly<Record<string, string>>): string[] {
  return receiversOf(readAlertmanagerYml(text, file, { secrets: "ignore" }).route, Labels.from(labels));
}
