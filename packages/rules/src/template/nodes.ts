/** A template as a tree. Source: Go, text/template/parse/node.go. */

interface At {
  /** Offset in the template's text, for the places in errors. */
  readonly start: number;
}

export interface PipeNode extends At {
  readonly kind: "pipe";
  readonly isAssign: boolean;
  /** Variables that get the value. */
  readonly variables: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

/** A function or value with its arguments. */
export interface CommandNode extends At {
  readonly kind: "command";
  readonly args: readonly [Operand, ...Operand[]];
}

export interface VariableNode extends At {
  readonly kind: "variable";
  /** With its dollar. */
  readonly name: string;
  readonly fields: readonly string[];
}

/** `.A.B` */
interface FieldNode extends At {
  readonly kind: "field";
  readonly fields: readonly string[];
}

/** `(…).A` */
interface ChainNode extends At {
  readonly kind: "chain";
  readonly operand: Operand;
  readonly fields: readonly string[];
}

interface IdentifierNode extends At {
  readonly kind: "identifier";
  readonly name: string;
}

export interface LiteralNode extends At {
  readonly kind: "bool" | "number" | "string";
  /** As written. */
  readonly source: string;
  /** A bigint is an int, a number a float64. */
  readonly value: boolean | bigint | number | string;
  /** A whole number beyond an int: it is good as a float64 only. */
  readonly overflowsInt?: boolean | undefined;
}

interface PlainNode extends At {
  readonly kind: "dot" | "nil";
}

export type Operand = PipeNode | VariableNode | FieldNode | ChainNode | IdentifierNode | LiteralNode | PlainNode;

interface TextNode extends At {
  readonly kind: "text";
  readonly text: string;
}

interface ActionNode extends At {
  readonly kind: "action";
  readonly pipe: PipeNode;
}

export interface BranchNode extends At {
  readonly kind: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly body: readonly StatementNode[];
  readonly otherwise: readonly StatementNode[] | undefined;
}

interface TemplateNode extends At {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

interface JumpNode extends At {
  readonly kind: "break" | "continue";
}

export type StatementNode = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

/** A template and those that it defines. */
export interface ParsedTemplate {
  readonly name: string;
  readonly text: string;
  readonly templates: ReadonlyMap<string, readonly StatementNode[]>;
}

/** As Go prints nodes in errors. */
export function nodeText(node: Operand | CommandNode | StatementNode): string {
  switch (node.kind) {
    case "pipe": {
      const variables = node.variables.map(nodeText).join(", ");
      const commands = node.commands.map(nodeText).join(" | ");
      return variables === "" ? commands : `${variables} ${node.isAssign ? "=" : ":="} ${commands}`;
    }
    case "command":
      return node.args.map((arg) => (arg.kind === "pipe" ? `(${nodeText(arg)})` : nodeText(arg))).join(" ");
    case "variable":
      return [node.name, ...node.fields].join(".");
    case "field":
      return node.fields.map((field) => `.${field}`).join("");
    case "chain": {
      const operand = node.operand.kind === "pipe" ? `(${nodeText(node.operand)})` : nodeText(node.operand);
      return `${operand}${node.fields.map((field) => `.${field}`).join("")}`;
    }
    case "identifier":
      return node.name;
    case "bool":
    case "number":
    case "string":
      return node.source;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "text":
      return node.text;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "template":
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.otherwise === undefined ? "" : `{{else}}${node.otherwise.map(nodeText).join("")}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${node.body.map(nodeText).join("")}${otherwise}{{end}}`;
    }
    default:
      return node satisfies never;
  }
}
