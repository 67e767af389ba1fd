/** Templates of alerts' labels and annotations: what they see, and how their mistakes show. Source: Prometheus, rules/alerting.go. */
import type { GoStruct, Value } from "../go/values.ts";
import { BUILTINS } from "./builtins.ts";
import { execute } from "./evaluator.ts";
import type { Functions } from "./functions.ts";
import type { ParsedTemplate } from "./nodes.ts";
import { parseTemplate } from "./parser.ts";
import { prometheusFunctions, type TemplateSurroundings } from "./prometheus-functions.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateLimits } from "./template-limits.ts";

/** What Prometheus puts before each template; it counts in the columns of errors. */
const DEFINITIONS =
  "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...BUILTINS.keys(),
  ...prometheusFunctions({ timeMs: 0, externalUrl: "", query: () => [] }).keys(),
]);

/** What an alert's template sees. */
export interface AlertTemplateData {
  readonly labels: Readonly<Record<string, string>>;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly value: number;
}

/** @throws {TemplateError} in Go's words */
export function parseAlertTemplate(alertName: string, text: string): ParsedTemplate {
  return parseTemplate(`__alert_${alertName}`, DEFINITIONS + text, FUNCTION_NAMES);
}

/** What is the same for all templates of one evaluation. */
export function alertFunctions(surroundings: TemplateSurroundings): Functions {
  return new Map([...BUILTINS, ...prometheusFunctions(surroundings)]);
}

/** One text of an alert, read once and expanded for each series. */
export class AlertTemplate {
  readonly #name: string;
  readonly #text: string;
  #parsed: ParsedTemplate | TemplateError | undefined;

  constructor(alertName: string, text: string) {
    this.#name = `__alert_${alertName}`;
    this.#text = text;
    // Most labels hold no template.
    if (text.includes("{{")) this.#parsed = parsedOrFault(alertName, text);
  }

  /** Whether it is the same text for all series: there is nothing to be expanded. */
  get isPlain(): boolean {
    return this.#parsed === undefined;
  }

  /** Whether it may ask a query: then what it gives is of its moment. */
  get asks(): boolean {
    return this.#parsed !== undefined && this.#text.includes("query");
  }

  /** The text, or `<error expanding template: …>`: an alert with a spoilt text is better than none. */
  expand(data: AlertTemplateData, functions: Functions, limits?: TemplateLimits): string {
    const parsed = this.#parsed;
    if (parsed === undefined) return this.#text;
    if (parsed instanceof TemplateError)
      return `<error expanding template: error parsing template ${this.#name}: ${parsed.message}>`;
    try {
      return execute(parsed, dataValue(data), functions, limits);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return `<error expanding template: error executing template ${this.#name}: ${error.message}>`;
    }
  }
}

function parsedOrFault(alertName: string, text: string): ParsedTemplate | TemplateError {
  try {
    return parseAlertTemplate(alertName, text);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function dataValue({ labels, externalLabels, externalUrl, value }: AlertTemplateData): GoStruct {
  const map = (entries: Readonly<Record<string, string>>): Value => ({
    kind: "map",
    type: "map[string]string",
    entries: new Map(Object.entries(entries)),
  });
  return {
    kind: "struct",
    type: "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }",
    fields: new Map<string, Value>([
      ["Labels", map(labels)],
      ["ExternalLabels", map(externalLabels)],
      ["ExternalURL", externalUrl],
      ["Value", value],
    ]),
  };
}
