/** Gives the values of pipelines, commands and operands. Source: Go, text/template/exec.go. */
import { quote } from "../go/quote.ts";
import { isTruthy, typeName, type Value } from "../go/values.ts";
import { checkedLiteral, checkedValue } from "./arguments.ts";
import { FunctionFault, type Functions, type ParamType, type TemplateFunction } from "./functions.ts";
import { methodOf } from "./methods.ts";
import {
  type CommandNode,
  type LiteralNode,
  nodeText,
  type Operand,
  type ParsedTemplate,
  type PipeNode,
} from "./nodes.ts";
import { RunState } from "./run-state.ts";
import type { TemplateLimits } from "./template-limits.ts";

/** What a query counts as: it may take long. */
const QUERY_STEPS = 1000;

/** No argument came through the pipe. */
const NONE = Symbol("none");
type Final = Value | typeof NONE;

export class OperandEvaluator extends RunState {
  readonly #functions: Functions;

  constructor(template: ParsedTemplate, functions: Functions, limits: TemplateLimits) {
    super(template, limits);
    this.#functions = functions;
  }

  protected pipe(pipe: PipeNode, dot: Value): Value {
    this.enter(pipe);
    let value: Final = NONE;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    const result = value === NONE ? undefined : value;
    for (const { name } of pipe.variables) {
      if (pipe.isAssign) this.setVariable(name, result);
      // A fresh binding: closures of loops do not share it.
      else this.variables.push({ name, value: result });
    }
    return result;
  }

  #command(command: CommandNode, dot: Value, final: Final): Value {
    const { args } = command;
    const [first] = args;
    switch (first.kind) {
      case "field":
        this.enter(first);
        return this.#fields(first, dot, first.fields, dot, args, final);
      case "chain":
        this.enter(first);
        return this.#chain(first, dot, args, final);
      case "identifier":
        this.enter(first);
        return this.#call(this.#function(first.name), first.name, command, dot, args, final);
      case "pipe":
        this.#noArguments(args, final);
        return this.pipe(first, dot);
      case "variable":
        this.enter(first);
        return this.#variable(first, dot, args, final);
      default:
        break;
    }
    this.enter(first);
    this.#noArguments(args, final);
    if (first.kind === "dot") return dot;
    if (!("value" in first)) return this.fail("nil is not a command");
    return this.#literal(first);
  }

  #literal({ value, source, overflowsInt }: LiteralNode): Value {
    return overflowsInt === true ? this.fail(`${source} overflows int`) : value;
  }

  #noArguments(args: readonly Operand[], final: Final): void {
    const [first] = args;
    if (first !== undefined && (args.length > 1 || final !== NONE))
      this.fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  #variable(node: Extract<Operand, { kind: "variable" }>, dot: Value, args: readonly Operand[], final: Final): Value {
    const variable = this.variables.findLast(({ name }) => name === node.name);
    if (variable === undefined) return this.fail(`undefined variable: ${node.name}`);
    if (node.fields.length > 0) return this.#fields(node, variable.value, node.fields, dot, args, final);
    this.#noArguments(args, final);
    return variable.value;
  }

  protected setVariable(name: string, value: Value): void {
    const variable = this.variables.findLast((one) => one.name === name);
    if (variable === undefined) this.fail(`undefined variable: ${name}`);
    else variable.value = value;
  }

  #chain(node: Extract<Operand, { kind: "chain" }>, dot: Value, args: readonly Operand[], final: Final): Value {
    const receiver = this.#argument(node.operand, "value", dot);
    return this.#fields(node, receiver, node.fields, dot, args, final);
  }

  /** The last of the fields may be a method, and takes the arguments. */
  #fields(
    node: Operand,
    receiver: Value,
    fields: readonly string[],
    dot: Value,
    args: readonly Operand[],
    final: Final,
  ): Value {
    let value = receiver;
    for (const [index, field] of fields.entries()) {
      const isLast = index === fields.length - 1;
      value = this.#field(node, value, field, dot, isLast ? args : [], isLast ? final : NONE);
    }
    return value;
  }

  #field(node: Operand, receiver: Value, field: string, dot: Value, args: readonly Operand[], final: Final): Value {
    if (receiver === undefined) return undefined;
    const method = methodOf(receiver, field);
    if (method !== undefined) return this.#call(method, field, node, dot, args, final);
    const hasArguments = args.length > 1 || final !== NONE;
    if (typeof receiver === "object" && receiver.kind === "struct" && receiver.fields.has(field)) {
      if (hasArguments) this.fail(`${field} has arguments but cannot be invoked as function`);
      return receiver.fields.get(field);
    }
    if (typeof receiver === "object" && receiver.kind === "map") {
      if (hasArguments) this.fail(`${field} is not a method but has arguments`);
      return receiver.entries.get(field) ?? (receiver.type === "map[string]string" ? "" : undefined);
    }
    return this.fail(`can't evaluate field ${field} in type ${typeName(receiver)}`);
  }

  #function(name: string): TemplateFunction {
    return this.#functions.get(name) ?? this.fail(`${quote(name)} is not a defined function`);
  }

  #call(
    { params, rest, call }: TemplateFunction,
    name: string,
    node: Operand | CommandNode,
    dot: Value,
    args: readonly Operand[],
    final: Final,
  ): Value {
    const given = args.slice(1);
    const count = given.length + (final === NONE ? 0 : 1);
    if (rest === undefined && count !== params.length)
      this.fail(`wrong number of args for ${name}: want ${params.length} got ${count}`);
    if (rest !== undefined && count < params.length)
      this.fail(`wrong number of args for ${name}: want at least ${params.length} got ${given.length}`);
    const typeAt = (index: number): ParamType => params[index] ?? rest ?? "value";

    const isBuiltin = node.kind === "identifier" || node.kind === "command";
    const isAnd = isBuiltin && name === "and";
    if (isAnd || (isBuiltin && name === "or")) {
      let value: Value;
      for (const arg of given) {
        value = this.#argument(arg, "value", dot);
        if (isTruthy(value) !== isAnd) return value;
      }
      return final === NONE ? value : final;
    }
    const values = given.map((arg, index) => this.#argument(arg, typeAt(index), dot));
    if (final !== NONE) values.push(this.#checked(final, typeAt(values.length)));
    if (name === "query") this.spend(QUERY_STEPS);
    try {
      const result = call(values);
      if (typeof result === "string") this.checkLength(result);
      return result;
    } catch (error) {
      if (!(error instanceof FunctionFault)) throw error;
      this.enter(node);
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  #argument(arg: Operand, type: ParamType, dot: Value): Value {
    this.enter(arg);
    switch (arg.kind) {
      case "dot":
        return this.#checked(dot, type);
      case "field":
        return this.#checked(this.#fields(arg, dot, arg.fields, dot, [arg], NONE), type);
      case "variable":
        return this.#checked(this.#variable(arg, dot, [], NONE), type);
      case "pipe":
        return this.#checked(this.pipe(arg, dot), type);
      case "identifier":
        return this.#checked(this.#call(this.#function(arg.name), arg.name, arg, dot, [], NONE), type);
      case "chain":
        return this.#checked(this.#chain(arg, dot, [], NONE), type);
      default: {
        if ("value" in arg && (type === "any" || type === "value")) return this.#literal(arg);
        const checked = checkedLiteral(arg, type);
        return "fault" in checked ? this.fail(checked.fault) : checked.value;
      }
    }
  }

  #checked(value: Value, type: ParamType): Value {
    const checked = checkedValue(value, type);
    return "fault" in checked ? this.fail(checked.fault) : checked.value;
  }
}
