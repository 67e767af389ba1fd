/** What a template's run has come to: its output, its variables, where it is, and how much of its share is spent. */
import { quote } from "../go/quote.ts";
import type { Value } from "../go/values.ts";
import { type CommandNode, nodeText, type Operand, type ParsedTemplate, type StatementNode } from "./nodes.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateLimits } from "./template-limits.ts";

type AnyNode = Operand | CommandNode | StatementNode;

interface Variable {
  readonly name: string;
  value: Value;
}

export class RunState {
  output = "";
  protected readonly template: ParsedTemplate;
  protected readonly limits: TemplateLimits;
  /** Of the template that is running: of its own, or one that it calls. */
  protected name: string;
  protected variables: Variable[] = [];
  #node: AnyNode | undefined;
  #steps = 0;

  constructor(template: ParsedTemplate, limits: TemplateLimits) {
    this.template = template;
    this.limits = limits;
    this.name = template.name;
  }

  /** Errors name the node that was entered last. */
  protected enter(node: AnyNode): void {
    this.#node = node;
    this.spend(1);
  }

  /** @throws {TemplateError} when the template has had its share of time */
  protected spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.limits.maxSteps)
      throw new TemplateError(
        "LIMIT",
        `template: ${this.template.name}: it takes more than ${this.limits.maxSteps} steps`,
      );
  }

  protected write(text: string): void {
    this.output += text;
    this.checkLength(this.output);
  }

  protected checkLength(text: string): void {
    if (text.length > this.limits.maxOutput) {
      throw new TemplateError(
        "LIMIT",
        `template: ${this.template.name}: its text is longer than ${this.limits.maxOutput} characters`,
      );
    }
  }

  protected fail(message: string): never {
    const { name, text } = this.template;
    if (this.#node === undefined) throw new TemplateError("EXPANSION", `template: ${name}: ${message}`);
    const before = text.slice(0, this.#node.start);
    const line = before.split("\n").length;
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf("\n") + 1)).length;
    throw new TemplateError(
      "EXPANSION",
      `template: ${name}:${line}:${column}: executing ${quote(this.name)} at <${nodeText(this.#node)}>: ${message}`,
    );
  }
}
