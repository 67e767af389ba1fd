/** Fields as a panel shows them: overrides laid over, named, with texts and colours for their values. */
import type { FieldConfig, Panel } from "../dashboard/model.ts";
import { withProperty } from "../dashboard/read-field-config.ts";
import { type Field, type Frame, type Labels, numeric, type Value } from "../query/frame.ts";
import { seriesText } from "../query/legend.ts";
import { reduceField } from "../query/reduce.ts";
import { interpolate, type VariableLookup } from "../variables/interpolate.ts";
import { colorByName, colorOf, continuousColor, isContinuous, seriesColor, type Theme } from "./color.ts";
import { systemTime, type TimeZone } from "./date-time.ts";
import { type FieldMatcher, fieldMatcher } from "./field-matcher.ts";
import { absoluteSteps, activeThreshold, type NumberRange, shareOf, thresholdsOf } from "./thresholds.ts";
import { type FormattedValue, formatParts, formattedText, isDateUnit } from "./value-format.ts";
import { mappedValue } from "./value-mapping.ts";

export interface Shown {
  readonly parts: FormattedValue;
  readonly text: string;
  readonly color: string;
  /** `NaN` for what is none. */
  readonly number: number;
}

interface ShowOptions {
  /** Where none are configured. */
  readonly decimals?: number;
  /** Beyond those that are configured. */
  readonly moreDecimals?: number;
}

export interface ShownField extends Field {
  readonly shownName: string;
  /** For gauges, thresholds in percent and scales of colour: as configured, else what all fields of the panel span. */
  readonly range: NumberRange;
  /** Of the line or bar. */
  readonly color: string;
  readonly show: (value: Value, options?: ShowOptions) => Shown;
}

export interface ShownFrame extends Omit<Frame, "fields"> {
  readonly fields: readonly ShownField[];
}

export interface ShowContext {
  readonly theme: Theme;
  readonly timeZone: TimeZone;
  readonly lookup: VariableLookup;
  readonly now: number;
}

export function shownFrames(
  frames: readonly Frame[],
  { fieldDefaults, overrides }: Pick<Panel, "fieldDefaults" | "overrides">,
  context: ShowContext,
): readonly ShownFrame[] {
  const matchers: readonly (readonly [FieldMatcher, (typeof overrides)[number]])[] = overrides.map((override) => [
    fieldMatcher(override.matcher, override.matcherOptions),
    override,
  ]);
  let dataRange: NumberRange | undefined;
  const rangeOfAll = (): NumberRange => {
    dataRange ??= spanOf(frames);
    return dataRange;
  };
  const defaults = { ...fieldDefaults, unit: interpolate(fieldDefaults.unit, context.lookup, "raw") };
  let number = 0;
  return frames.map((found) => ({
    ...found,
    fields: found.fields.map((field): ShownField => {
      const index = field.type === "number" ? number++ : number;
      const base = baseName(field, found);
      let config: FieldConfig = { ...defaults, custom: { ...defaults.custom, ...field.config.custom } };
      if (field.config.unit !== "") config = { ...config, unit: field.config.unit };
      if (field.config.displayName !== "") config = { ...config, displayName: field.config.displayName };
      for (const [matches, { properties }] of matchers) {
        if (!matches(field, found, field.config.displayName === "" ? base : field.config.displayName)) continue;
        for (const { id, value } of properties) config = withProperty(config, id, value);
      }
      if (field.type === "time" && config.displayName !== "" && config.displayName === defaults.displayName) {
        config = { ...config, displayName: "" };
      }
      return shownField({ ...field, config }, { base, index, rangeOfAll, frame: found, context });
    }),
  }));
}

/** What a field is called before anything is configured. */
function baseName(field: Field, { name, fields }: Frame): string {
  if (field.type === "time") return field.name === "" ? "Time" : field.name;
  if (field.legend !== "") return field.legend;
  const isOnly = fields.filter(({ type }) => type !== "time").length === 1;
  const hasLabels = Object.keys(field.labels).length > 0;
  if (isOnly && name !== "" && (field.name === "Value" || field.name === "")) return name;
  if (hasLabels) return isOnly ? seriesText(field.labels) : `${field.name} ${seriesText(field.labels)}`;
  return field.name === "" ? "Value" : field.name;
}

function shownField(
  field: Field,
  {
    base,
    index,
    rangeOfAll,
    frame,
    context,
  }: {
    base: string;
    index: number;
    rangeOfAll: () => NumberRange;
    frame: Frame;
    context: ShowContext;
  },
): ShownField {
  const { config } = field;
  const { theme, timeZone, now } = context;
  const shownName = nameOf(field, base, context.lookup);
  let range: NumberRange | undefined;
  const rangeOf = (): NumberRange => {
    if (range !== undefined) return range;
    if (config.min !== undefined && config.max !== undefined) range = { min: config.min, max: config.max };
    else {
      const span = config.custom["fieldMinMax"] === true ? spanOf([{ ...frame, fields: [field] }]) : rangeOfAll();
      range = { min: config.min ?? span.min, max: config.max ?? span.max };
    }
    return range;
  };
  const unit = field.type === "time" && !isDateUnit(config.unit) ? "" : config.unit;
  const mode = config.color?.mode ?? "";
  const valueColor = (number: number): string => {
    switch (mode) {
      case "fixed":
        return colorOf(config.color?.fixed ?? "", theme);
      case "shades":
        return colorOf(config.color?.fixed ?? "", theme);
      case "palette-classic":
        return seriesColor(index, theme);
      case "palette-classic-by-name":
        return colorByName(shownName, theme);
      default:
        if (isContinuous(mode)) return continuousColor(mode, shareOf(number, rangeOf()), theme);
        return colorOf(activeThreshold(number, thresholdsOf(config.thresholds), rangeForSteps()).color, theme);
    }
  };
  const rangeForSteps = (): NumberRange =>
    config.thresholds?.mode === "percentage" ? rangeOf() : { min: 0, max: 100 };
  const show: ShownField["show"] = (value, options) => {
    const number = field.type === "string" && unit === "" ? Number.NaN : numeric(value);
    const mapped = config.mappings.length === 0 ? undefined : mappedValue(value, config.mappings);
    const parts = mapped?.text === undefined ? partsOf(value, number, options) : { text: mapped.text };
    return {
      parts,
      text: formattedText(parts),
      color: mapped?.color === undefined ? valueColor(number) : colorOf(mapped.color, theme),
      number,
    };
  };
  const partsOf = (value: Value, number: number, options: ShowOptions = {}): FormattedValue => {
    const isMissing = value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
    if (isMissing) return { text: config.noValue };
    if (field.type === "time") {
      return unit === "" ? { text: systemTime(number, timeZone) } : formatParts(number, unit, { timeZone, now });
    }
    if (typeof value === "boolean" && unit === "") return { text: value ? "True" : "False" };
    if (Number.isNaN(number)) return { text: String(value) };
    const decimals = config.decimals === undefined ? options.decimals : config.decimals + (options.moreDecimals ?? 0);
    return formatParts(number, unit, { decimals, timeZone, now });
  };
  return {
    ...field,
    shownName,
    get range() {
      return rangeOf();
    },
    get color() {
      return lineColor({ field, mode, index, valueColor, theme });
    },
    show,
  };
}

/** A line has one colour, and so one value that gives it, where colours go by value. */
function lineColor({
  field,
  mode,
  index,
  valueColor,
  theme,
}: {
  field: Field;
  mode: string;
  index: number;
  valueColor: (number: number) => string;
  theme: Theme;
}): string {
  if (mode === "") return seriesColor(index, theme);
  if (mode === "thresholds" || isContinuous(mode)) {
    const by = field.config.color?.seriesBy ?? "last";
    return valueColor(numeric(reduceField(field, by === "last" ? "lastNotNull" : by)));
  }
  return valueColor(Number.NaN);
}

function nameOf(field: Field, base: string, lookup: VariableLookup): string {
  const { displayName } = field.config;
  if (displayName === "") return base;
  return withFieldVariables(displayName, field.labels, base, lookup);
}

const FIELD_REFERENCE =
  /\$\{__(?:field|series)\.(?:labels\.([\w.]{1,200})|labels\["([^"]{1,200})"\]|labels|name|displayName)\}|\$__(?:field|series)_name|\$__cell(?:_0)?/g;

/** `${__field.labels.venue}`, `${__field.name}`, and the dashboard's variables. */
export function withFieldVariables(text: string, labels: Labels, name: string, lookup: VariableLookup): string {
  const replaced = text.replace(FIELD_REFERENCE, (all, plain: string | undefined, quoted: string | undefined) => {
    const label = plain ?? quoted;
    if (label !== undefined) return Object.hasOwn(labels, label) ? (labels[label] ?? "") : "";
    return all.endsWith("labels}") ? seriesText(labels) : name;
  });
  return interpolate(replaced, lookup, "text");
}

/** The least and largest finite number of all fields. */
function spanOf(frames: readonly Frame[]): NumberRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { fields } of frames) {
    for (const { type, values } of fields) {
      if (type !== "number") continue;
      for (let index = 0; index < values.length; index++) {
        const value = values[index];
        if (typeof value !== "number" || !Number.isFinite(value)) continue;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  }
  return min <= max ? { min, max } : { min: 0, max: 100 };
}

/** The steps of a field's thresholds as values, with colours for the theme. */
export function shownSteps(
  field: ShownField,
  theme: Theme,
): readonly { readonly value: number; readonly color: string }[] {
  const thresholds = thresholdsOf(field.config.thresholds);
  const range = thresholds.mode === "percentage" ? field.range : { min: 0, max: 100 };
  return absoluteSteps(thresholds, range).map(({ value, color }) => ({ value, color: colorOf(color, theme) }));
}
