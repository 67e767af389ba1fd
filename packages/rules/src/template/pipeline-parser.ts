/** Reads what stands within an action: pipelines, commands, operands. Source: Go, text/template/parse/parse.go. */
import { quote, unquote } from "../go/quote.ts";
import type { TokenKind } from "./lexer.ts";
import type { CommandNode, LiteralNode, Operand, PipeNode, VariableNode } from "./nodes.ts";
import { parseNumber } from "./number-literal.ts";
import { TokenReader } from "./token-reader.ts";

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "char-constant",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "raw-string",
  "string",
  "variable",
  "left-paren",
]);

export class PipelineParser extends TokenReader {
  /** Names of the variables that can be seen. */
  protected variables: string[] = ["$"];
  readonly #functions: ReadonlySet<string>;

  constructor(name: string, text: string, functions: ReadonlySet<string>) {
    super(name, text);
    this.#functions = functions;
  }

  protected pipeline(context: string, end: TokenKind): PipeNode {
    this.deeper();
    const { start } = this.peekSolid();
    const { variables, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    while (true) {
      const token = this.nextSolid();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind)) this.unexpected(token, context);
      this.goBack();
      commands.push(this.#command());
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`);
    for (const [index, { args }] of commands.entries()) {
      if (index > 0 && ["bool", "dot", "nil", "number", "string"].includes(args[0].kind))
        this.fail(`non executable command in pipeline stage ${index + 1}`);
    }
    this.lessDeep();
    return { kind: "pipe", isAssign, variables, commands, start };
  }

  /** `$a :=`, `$a =`, `$i, $a :=` */
  #declarations(context: string): { variables: VariableNode[]; isAssign: boolean } {
    const variables: VariableNode[] = [];
    while (this.peekSolid().kind === "variable") {
      const before = this.place;
      const variable = this.nextSolid();
      const next = this.peekSolid();
      const isComma = next.kind === "char" && next.text === ",";
      if (next.kind !== "assign" && next.kind !== "declare" && !isComma) {
        this.goBackTo(before);
        break;
      }
      this.nextSolid();
      variables.push({ kind: "variable", name: variable.text, fields: [], start: variable.start });
      this.variables.push(variable.text);
      if (!isComma) return { variables, isAssign: next.kind === "assign" };
      if (context !== "range" || variables.length > 1) this.fail(`too many declarations in ${context}`);
      if (!["variable", "right-delim", "right-paren"].includes(this.peekSolid().kind))
        this.fail("range can only initialize variables");
    }
    return { variables, isAssign: false };
  }

  #command(): CommandNode {
    const { start } = this.peekSolid();
    const args: Operand[] = [];
    while (true) {
      this.peekSolid();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "right-delim" || token.kind === "right-paren") this.goBack();
      else if (token.kind !== "pipe") this.unexpected(token, "operand");
      break;
    }
    const [first, ...rest] = args;
    if (first === undefined) return this.fail("empty command");
    return { kind: "command", args: [first, ...rest], start };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.peek().kind !== "field") return term;
    const { start } = this.peek();
    const fields: string[] = [];
    while (this.peek().kind === "field") fields.push(this.next().text.slice(1));
    switch (term.kind) {
      case "field":
        return { ...term, fields: [...term.fields, ...fields], start };
      case "variable":
        return { ...term, fields: [...term.fields, ...fields], start };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.fail(`unexpected . after term ${quote(termText(term))}`);
      default:
        return { kind: "chain", operand: term, fields, start };
    }
  }

  #term(): Operand | undefined {
    const token = this.nextSolid();
    const { text, start } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(text)) this.fail(`function ${quote(text)} not defined`);
        return { kind: "identifier", name: text, start };
      case "dot":
      case "nil":
        return { kind: token.kind, start };
      case "variable":
        if (!this.variables.includes(text)) this.fail(`undefined variable ${quote(text)}`);
        return { kind: "variable", name: text, fields: [], start };
      case "field":
        return { kind: "field", fields: [text.slice(1)], start };
      case "bool":
        return { kind: "bool", value: text === "true", source: text, start };
      case "number":
      case "char-constant": {
        const number = parseNumber(text);
        return "fault" in number ? this.fail(number.fault) : { kind: "number", ...number, source: text, start };
      }
      case "string":
      case "raw-string":
        return { kind: "string", value: unquote(text) ?? this.fail("invalid syntax"), source: text, start };
      case "left-paren":
        return this.pipeline("parenthesized pipeline", "right-paren");
      default:
        this.goBack();
        return undefined;
    }
  }
}

function termText(term: LiteralNode | { readonly kind: "dot" | "nil" }): string {
  return "source" in term ? term.source : term.kind === "dot" ? "." : "nil";
}
