/** Reads a template into a tree, and refuses what Go refuses, in its words. Source: Go, text/template/parse/parse.go. */
import { unquote } from "../go/quote.ts";
import type { BranchNode, ParsedTemplate, StatementNode } from "./nodes.ts";
import { PipelineParser } from "./pipeline-parser.ts";
import { TemplateError } from "./template-error.ts";

/** Longest template, characters. */
const MAX_LENGTH = 1_000_000;

/** Which end a block's body has. */
interface BodyEnd {
  readonly kind: "end" | "else";
  /** Of `{{else if …}}` and `{{else with …}}`: what goes on. */
  readonly chained?: "if" | "with" | undefined;
}

/**
 * @param name the template's, as errors tell it
 * @param functions which functions there are
 * @throws {TemplateError}
 */
export function parseTemplate(name: string, text: string, functions: ReadonlySet<string>): ParsedTemplate {
  if (text.length > MAX_LENGTH)
    throw new TemplateError("LIMIT", `template: ${name}: it is longer than ${MAX_LENGTH} characters`);
  const templates = new Map<string, readonly StatementNode[]>();
  new Parser(name, text, functions, templates).run();
  return { name, text, templates };
}

class Parser extends PipelineParser {
  readonly #templates: Map<string, readonly StatementNode[]>;
  /** How many loops are around. */
  #ranges = 0;

  constructor(
    name: string,
    text: string,
    functions: ReadonlySet<string>,
    templates: Map<string, readonly StatementNode[]>,
  ) {
    super(name, text, functions);
    this.#templates = templates;
  }

  run(): void {
    const root: StatementNode[] = [];
    while (this.peek().kind !== "eof") {
      if (this.peek().kind === "left-delim" && this.peekSecond().text === "define") {
        this.#define();
        continue;
      }
      const statement = this.#statement();
      if (statement !== undefined && "chained" in statement) this.fail(`unexpected {{${statement.kind}}}`);
      root.push(statement as StatementNode);
    }
    this.#add(this.name, root);
  }

  /** A definition of nothing but blanks does not take another's place. */
  #add(name: string, body: readonly StatementNode[]): void {
    const isEmpty = body.every((node) => node.kind === "text" && node.text.trim() === "");
    if (!this.#templates.has(name) || !isEmpty) this.#templates.set(name, body);
  }

  #define(): void {
    this.next();
    this.nextSolid();
    const context = "define clause";
    const name = this.templateName(context);
    this.expect("right-delim", context);
    const outer = { variables: this.variables, ranges: this.#ranges };
    this.variables = ["$"];
    this.#ranges = 0;
    const { body, end } = this.#body();
    if (end.kind !== "end") this.fail(`unexpected {{${end.kind}}} in ${context}`);
    this.variables = outer.variables;
    this.#ranges = outer.ranges;
    this.#add(name, body);
  }

  /** Statements up to `end` or `else`. */
  #body(): { body: StatementNode[]; end: BodyEnd } {
    this.deeper();
    const body: StatementNode[] = [];
    while (this.peekSolid().kind !== "eof") {
      const statement = this.#statement();
      if ("chained" in statement) {
        this.lessDeep();
        return { body, end: statement };
      }
      body.push(statement);
    }
    return this.fail("unexpected EOF");
  }

  #statement(): StatementNode | (BodyEnd & { chained: BodyEnd["chained"] }) {
    const token = this.nextSolid();
    if (token.kind === "text") return { kind: "text", text: token.text, start: token.start };
    if (token.kind !== "left-delim") return this.unexpected(token, "input");
    this.actionLine = token.line;
    const word = this.nextSolid();
    if (word.kind === "keyword") {
      switch (word.text) {
        case "if":
        case "with":
        case "range":
          return this.#branch(word.text);
        case "else":
          return this.#else();
        case "end":
          this.expect("right-delim", "end");
          return { kind: "end", chained: undefined };
        case "break":
        case "continue": {
          const close = this.nextSolid();
          if (close.kind !== "right-delim") this.unexpected(close, `{{${word.text}}}`);
          if (this.#ranges === 0) this.fail(`{{${word.text}}} outside {{range}}`);
          return { kind: word.text, start: word.start };
        }
        case "template":
          return this.#template();
        case "block":
          return this.#block();
        default:
          break;
      }
    }
    this.goBack();
    const start = this.peek().start;
    return { kind: "action", pipe: this.pipeline("command", "right-delim"), start };
  }

  #else(): BodyEnd & { chained: BodyEnd["chained"] } {
    const next = this.peekSolid();
    if (next.kind === "keyword" && (next.text === "if" || next.text === "with"))
      return { kind: "else", chained: next.text };
    this.expect("right-delim", "else");
    return { kind: "else", chained: undefined };
  }

  #branch(kind: BranchNode["kind"]): BranchNode {
    const outerVariables = this.variables.length;
    const pipe = this.pipeline(kind, "right-delim");
    if (kind === "range") this.#ranges += 1;
    const { body, end } = this.#body();
    if (kind === "range") this.#ranges -= 1;
    let otherwise: readonly StatementNode[] | undefined;
    if (end.kind === "else") {
      if (end.chained !== undefined) {
        // Go takes `else if` after `if`, and `else with` after `with`.
        if (end.chained !== kind) this.unexpected(this.nextSolid(), "else");
        this.nextSolid();
        otherwise = [this.#branch(end.chained)];
      } else {
        const rest = this.#body();
        if (rest.end.kind !== "end") this.fail("expected end; found {{else}}");
        otherwise = rest.body;
      }
    }
    this.variables.length = outerVariables;
    return { kind, pipe, body, otherwise, start: pipe.start };
  }

  #template(): StatementNode {
    const context = "template clause";
    const { start } = this.peekSolid();
    const name = this.templateName(context);
    const close = this.peekSolid();
    if (close.kind !== "right-delim")
      return { kind: "template", name, pipe: this.pipeline(context, "right-delim"), start };
    this.nextSolid();
    return { kind: "template", name, pipe: undefined, start };
  }

  #block(): StatementNode {
    const context = "block clause";
    const { start } = this.peekSolid();
    const name = this.templateName(context);
    const pipe = this.pipeline(context, "right-delim");
    const outer = { variables: this.variables, ranges: this.#ranges };
    this.variables = ["$"];
    this.#ranges = 0;
    const { body, end } = this.#body();
    if (end.kind !== "end") this.fail(`unexpected {{${end.kind}}} in ${context}`);
    this.variables = outer.variables;
    this.#ranges = outer.ranges;
    this.#add(name, body);
    return { kind: "template", name, pipe, start };
  }

  protected templateName(context: string): string {
    const token = this.nextSolid();
    if (token.kind !== "string" && token.kind !== "raw-string") return this.unexpected(token, context);
    return unquote(token.text) ?? this.fail("invalid syntax");
  }
}
