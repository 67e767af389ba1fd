/** Walks a template's tree and writes its text. Source: Go, text/template/exec.go. */
import { sprint } from "../go/print.ts";
import { quote } from "../go/quote.ts";
import { isTruthy, type Value } from "../go/values.ts";
import type { Functions } from "./functions.ts";
import type { BranchNode, ParsedTemplate, PipeNode, StatementNode } from "./nodes.ts";
import { OperandEvaluator } from "./operand-evaluator.ts";
import { printed } from "./printed.ts";
import { DEFAULT_TEMPLATE_LIMITS, type TemplateLimits } from "./template-limits.ts";

/** What leaves a loop's body early. */
type Jump = "break" | "continue" | undefined;

/** @throws {TemplateError} */
export function execute(
  template: ParsedTemplate,
  data: Value,
  functions: Functions,
  limits: TemplateLimits = DEFAULT_TEMPLATE_LIMITS,
): string {
  const run = new Execution(template, functions, limits);
  run.run(template.name, data);
  return run.output;
}

class Execution extends OperandEvaluator {
  #depth = 0;

  /** A template by name, with variables of its own. */
  run(name: string, dot: Value): void {
    const body = this.template.templates.get(name) ?? this.fail(`template ${quote(name)} not defined`);
    if (this.#depth === this.limits.maxDepth) this.fail(`exceeded maximum template depth (${this.limits.maxDepth})`);
    const outer = { variables: this.variables, name: this.name };
    this.variables = [{ name: "$", value: dot }];
    this.name = name;
    this.#depth += 1;
    this.#statements(body, dot);
    this.#depth -= 1;
    this.variables = outer.variables;
    this.name = outer.name;
  }

  #statements(body: readonly StatementNode[], dot: Value): Jump {
    for (const statement of body) {
      const jump = this.#statement(statement, dot);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  #statement(node: StatementNode, dot: Value): Jump {
    this.enter(node);
    switch (node.kind) {
      case "text":
        this.write(node.text);
        return undefined;
      case "action": {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.variables.length > 0) return undefined;
        this.enter(node);
        this.write(sprint([printed(value)]));
        return undefined;
      }
      case "if":
      case "with":
        return this.#branch(node, dot);
      case "range":
        return this.#range(node, dot);
      case "template":
        this.run(node.name, node.pipe === undefined ? undefined : this.pipe(node.pipe, dot));
        return undefined;
      case "break":
      case "continue":
        return node.kind;
      default:
        return node satisfies never;
    }
  }

  #branch({ kind, pipe, body, otherwise }: BranchNode, dot: Value): Jump {
    const mark = this.variables.length;
    const value = this.pipe(pipe, dot);
    let jump: Jump;
    if (isTruthy(value)) jump = this.#statements(body, kind === "with" ? value : dot);
    else if (otherwise !== undefined) jump = this.#statements(otherwise, dot);
    this.variables.length = mark;
    return jump;
  }

  #range(node: BranchNode, dot: Value): Jump {
    const { pipe, body, otherwise } = node;
    const outer = this.variables.length;
    const value = this.pipe(pipe, dot);
    const mark = this.variables.length;
    let count = 0;
    for (const [index, element] of this.#elements(value, pipe.variables.length)) {
      count += 1;
      this.spend(1);
      this.#assignElement(pipe, index, element);
      const jump = this.#statements(body, element);
      this.variables.length = mark;
      if (jump === "break") break;
    }
    this.variables.length = outer;
    if (count > 0 || otherwise === undefined) return undefined;
    return this.#statements(otherwise, dot);
  }

  *#elements(value: Value, variables: number): Generator<readonly [index: Value, element: Value]> {
    if (value === undefined) return;
    if (typeof value === "bigint") {
      if (variables > 1) this.fail(`can't use ${value} to iterate over more than one variable`);
      for (let i = 0n; i < value; i++) yield [i, i];
    } else if (typeof value === "object" && value.kind === "slice") {
      for (const [index, item] of value.items.entries()) yield [BigInt(index), item];
    } else if (typeof value === "object" && value.kind === "map") {
      for (const key of [...value.entries.keys()].sort()) yield [key, value.entries.get(key)];
    } else this.fail(`range can't iterate over ${sprint([printed(value)])}`);
  }

  /** With one variable it is the element, with two the index and the element. */
  #assignElement({ variables, isAssign }: PipeNode, index: Value, element: Value): void {
    const values = variables.length > 1 ? [index, element] : [element];
    if (isAssign) {
      for (const [i, { name }] of variables.entries()) this.setVariable(name, values[i]);
      return;
    }
    const top = this.variables.length;
    for (const [i, value] of values.entries()) {
      const variable = this.variables[top - variables.length + i];
      if (variable !== undefined && variables.length > 0) variable.value = value;
    }
  }
}
