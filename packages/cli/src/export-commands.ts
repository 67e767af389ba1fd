/** `haltwatch export …`: the same configuration for other programs. */
import { type Command, Option } from "commander";
import { lazily } from "./lazily.ts";

export function addExportCommands(program: Command): void {
  const exporting = program
    .command("export")
    .description("write the configuration of other programs, from these settings");
  const into = (name: string, description: string): Command =>
    exporting
      .command(name)
      .description(description)
      .argument("<folder>", "made if it is not there")
      .option("-c, --config <file>", "settings; haltwatch.toml, if it is there, unless another is named")
      .option("--env <name>", "with haltwatch.NAME.toml over it");
  const withSecrets = (command: Command): Command =>
    command
      .option("--force", "overwrite what is there; never secrets")
      .option("--with-secrets", "copy secrets that the settings name into files there");
  const receivers = new Option("--receivers <who>", "whom Alertmanager tells").choices(["all", "none"]).default("all");

  withSecrets(into("compose", "Haltwatch, Prometheus, Alertmanager and Grafana as a compose file"))
    .addOption(receivers)
    .action(lazily(async () => (await import("./commands/export.ts")).exportCompose));
  withSecrets(into("prometheus", "for a Prometheus that you run: targets and rules")).action(
    lazily(async () => (await import("./commands/export.ts")).exportPrometheus),
  );
  withSecrets(into("alertmanager", "for an Alertmanager that you run: who is told, and the kill switch"))
    .addOption(receivers)
    .action(lazily(async () => (await import("./commands/export.ts")).exportAlertmanager));
  withSecrets(into("grafana", "for a Grafana that you run: data sources and dashboards")).action(
    lazily(async () => (await import("./commands/export.ts")).exportGrafana),
  );
  into("systemd", "units and timers for everything that runs")
    .option("--force", "overwrite what is there")
    .action(lazily(async () => (await import("./commands/export-systemd.ts")).exportSystemd));
}
