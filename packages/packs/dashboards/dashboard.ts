/**
 * A dashboard as Grafana's classic JSON. Rows of panels are laid out from left to right; each dashboard has the same variables, the
 * same marks over its graphs, and links to the pack's runbook and to its other dashboards.
 */
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  TimePickerBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { MARKS, SEVERITIES } from "./colours.ts";
import { DATA_SOURCE, type MakePanel, runbookUrl } from "./panel.ts";
import { ALERTS_OF_BOTS } from "./well.ts";

/** So that older Grafana versions take it: 39 is that of Grafana 10. */
const SCHEMA_VERSION = 39;

/** What an alert or a pause is looked for in: shorter ones can be missed. */
const MARK_STEP = "15s";

/** Another choice of the reader's, beside the bots. */
interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(trades_total, strategy)` */
  readonly query: string;
}

interface Row {
  readonly title: string;
  readonly panels: readonly MakePanel[];
  /** Once for each value of this variable. */
  readonly repeat?: string;
}

export interface DashboardOptions {
  /** The folder's name. */
  readonly pack: string;
  /** Its file in the pack's folder `dashboards`, without `.json`; pack and file make the dashboard's uid, of at most 40 characters. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  /** A metric that each bot of this kind has: the bots to choose from are those that have it. */
  readonly botsHave: string;
  readonly variables?: readonly Variable[];
  /** The pack has other dashboards, which are linked. */
  readonly hasSiblings?: true;
  readonly rows: readonly Row[];
}

export interface GeneratedDashboard {
  /** Relative to the folder of all packs: `betting/dashboards/arb_qos.json`. */
  readonly path: string;
  readonly json: () => string;
}

export function dashboard(options: DashboardOptions): GeneratedDashboard {
  const { pack, file } = options;
  return {
    path: `${pack}/dashboards/${file}.json`,
    json: () => `${JSON.stringify(classic(built(options)), undefined, 2)}\n`,
  };
}

function built({
  pack,
  file,
  title,
  description,
  botsHave,
  variables = [],
  hasSiblings,
  rows,
}: DashboardOptions): DashboardBuilder {
  const made = new DashboardBuilder(title)
    .uid(["haltwatch", pack, ...(file === pack ? [] : [file.replaceAll("_", "-")])].join("-"))
    .description(description)
    .tags(["haltwatch", pack])
    .editable()
    .timezone("browser")
    .time({ from: "now-1h", to: "now" })
    .refresh("10s")
    .timepicker(new TimePickerBuilder().refreshIntervals(["1s", "5s", "10s", "30s", "1m", "5m"]))
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([
      new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
      choice({ name: "bot", label: "Bot", query: `label_values(${botsHave}, bot)` }),
      ...variables.map(choice),
      new TextBoxVariableBuilder("haltwatch")
        .label("Haltwatch")
        .description(
          "Where Haltwatch is reached, for links to its runbooks: http://127.0.0.1:9898. Empty on its own page.",
        )
        .defaultValue("")
        .hide(VariableHide.HideVariable),
    ])
    .annotations(marks())
    .link(
      new DashboardLinkBuilder("Runbook")
        .type(DashboardLinkType.Link)
        .icon("doc")
        .url(runbookUrl(pack))
        .targetBlank(true),
    )
    .link(
      new DashboardLinkBuilder("Haltwatch")
        .type(DashboardLinkType.Dashboards)
        .tags(["haltwatch"])
        .asDropdown(true)
        .keepTime(true),
    );
  if (hasSiblings)
    made.link(
      new DashboardLinkBuilder(pack).type(DashboardLinkType.Dashboards).tags([pack]).includeVars(true).keepTime(true),
    );
  for (const { title: name, panels, repeat } of rows) {
    const row = new RowBuilder(name);
    made.withRow(repeat === undefined ? row : row.repeat(repeat));
    for (const panel of panels) made.withPanel(panel({ pack }));
  }
  return made;
}

function choice({ name, label, query }: Variable): Builder<VariableModel> {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ["All"], value: ["$__all"] });
}

/** What was done and what fired, over all graphs. */
function marks(): Builder<AnnotationQuery>[] {
  const mark = (name: string, colour: string, expr: string): AnnotationQueryBuilder =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(DATA_SOURCE)
      .enable(true)
      .iconColor(colour)
      .expr(expr)
      .step(MARK_STEP);
  const alerts = (severity: "critical" | "warning"): AnnotationQueryBuilder =>
    mark(
      severity === "critical" ? "Critical alerts" : "Warnings",
      SEVERITIES[severity] ?? "",
      ALERTS_OF_BOTS.replace("}", `,severity="${severity}"}`),
    )
      .titleFormat("{{alertname}}")
      .textFormat("{{bot}} {{venue}}")
      .tagKeys("severity");
  return [
    mark("Pauses", MARKS.pause, 'haltwatch_pause_timestamp_seconds{bot=~"$bot|"}')
      .titleFormat("{{state}} {{scope}}")
      .textFormat("{{rule}} by {{by}}"),
    // Their value is the time: the mark stands where it was done, whenever that was seen.
    mark("Arms", MARKS.arm, 'haltwatch_arm_timestamp_seconds{bot=~"$bot|"} * 1000')
      .useValueForTime(true)
      .titleFormat("armed {{scope}}")
      .textFormat("by {{by}}"),
    mark("Configuration", MARKS.configuration, "max(haltwatch_config_changed_timestamp_seconds) * 1000")
      .useValueForTime(true)
      .titleFormat("configuration changed")
      .textFormat("haltwatch config explain says what is in force"),
    alerts("critical"),
    alerts("warning"),
  ];
}

/** The SDK writes for the newest Grafana; this is what each version since 10 takes. */
function classic(builder: DashboardBuilder): unknown {
  const { title, uid, annotations, links = [], templating, panels = [], ...rest } = builder.build();
  return {
    title,
    uid,
    ...rest,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    templating: {
      list: (templating.list ?? []).map(({ auto: _, auto_min: _min, auto_count: _count, ...variable }) => variable),
    },
    annotations: { list: (annotations.list ?? []).map(withoutPlacement) },
    links: links.map(withoutPlacement),
    panels: panels.map((panel, index) => ({
      ...panel,
      id: index + 1,
      ...("links" in panel ? { links: panel.links?.map(withoutPlacement) } : {}),
    })),
  };
}

/** Where newer versions show it: with none, where all versions do. */
function withoutPlacement<T extends { readonly placement?: unknown }>({
  placement: _,
  ...rest
}: T): Omit<T, "placement"> {
  return rest;
}
