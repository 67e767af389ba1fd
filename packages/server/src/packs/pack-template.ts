/** What `haltwatch pack new` writes: a small whole pack that passes its own checks. */

/** Texts by the file's name. @param name in kebab-case */
export function packTemplate(name: string): Readonly<Record<string, string>> {
  const group = name.replaceAll("-", "_");
  const alert = `${name
    .split("-")
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join("")}ErrorsHigh`;
  return {
    "pack.toml": `# A pack: what Haltwatch knows of one kind of bot. haltwatch pack check . says what is missing.
name = "${name}"
description = "What this bot does, in one sentence"
series_budget = 50            # most series of one bot

[[metrics]]
type = "counter"
name = "${group}_errors_total"
help = "Errors, by where they came from."
labels = ["source"]

[[thresholds]]
name = "${group}.errors_per_minute_max"
default = 5
unit = "count"
min = 0
help = "More errors of one source within a minute are told."

# The bot's own file may set a threshold of its name: ${group}.yml with "errors_per_minute_max: 3".
# [bot_files]
# ${group} = "config/${group}.yml"
`,
    "rules.yml": `# Plain Prometheus rules: they run in Haltwatch, and in a real Prometheus. A rule with the label action: pause (or reduce) stops the bot.
groups:
  - name: ${name}
    interval: 5s
    rules:
      - alert: ${alert}
        expr: increase(${group}_errors_total[1m]) > scalar(haltwatch_threshold{name="${group}.errors_per_minute_max"})
        labels:
          severity: warning
        annotations:
          summary: '{{ $value | printf "%.0f" }} errors of {{ $labels.source }} in the last minute'
          description: "Look at the bot's log for what they were."
          runbook_url: "packs/${name}/RUNBOOK.md#${alert.toLowerCase()}"
`,
    "rules.test.yml": `# Each alert not firing, firing, and over. haltwatch test rules rules.test.yml; promtool test rules does the same.
rule_files: [rules.yml]
evaluation_interval: 5s
tests:
  - name: more errors than the limit are told, and are over a minute later
    interval: 5s
    input_series:
      - series: 'haltwatch_threshold{name="${group}.errors_per_minute_max"}'
        values: "5x40"
      - series: '${group}_errors_total{source="api"}'
        values: "0x11 10x23"
    alert_rule_test:
      - { eval_time: 55s, alertname: ${alert} }
      - eval_time: 1m5s
        alertname: ${alert}
        exp_alerts:
          - exp_labels: { severity: warning, source: api }
            exp_annotations:
              summary: "10 errors of api in the last minute"
              description: "Look at the bot's log for what they were."
              runbook_url: "packs/${name}/RUNBOOK.md#${alert.toLowerCase()}"
      - { eval_time: 2m30s, alertname: ${alert} }
`,
    "RUNBOOK.md": `# Runbook: ${name}

## ${alert}

More errors of one source than usual. Likely: the source is down, or has changed.

1. Look at the bot's log.
2. Ask the source by hand.
3. Mend it, or leave the source out.
`,
  };
}
