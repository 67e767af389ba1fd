/** Rule files that Prometheus would refuse: what is wrong, all of it, and where. */

/** One mistake in a rule file. */
export interface RuleFault {
  readonly file: string;
  /** 1-based. For a query: the place within the query. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly group?: string | undefined;
  /** 1-based, within its group. */
  readonly rule?: number | undefined;
  /** The alert's or the recorded metric's name. */
  readonly ruleName?: string | undefined;
  readonly message: string;
}

export class RuleFileError extends Error {
  override readonly name = "RuleFileError";
  readonly code = "BAD_RULE_FILE";
  readonly file: string;
  /** At least one, in the file's order. */
  readonly faults: readonly RuleFault[];
  readonly hint: string;

  constructor(file: string, faults: readonly RuleFault[]) {
    super(faults.map(faultLine).join("\n"));
    this.file = file;
    this.faults = faults;
    this.hint = "Correct the file: nothing of it is loaded until all of it is right";
  }

  /** The first mistake, and how many there are. */
  oneLine(): string {
    const [first] = this.faults;
    const more = this.faults.length - 1;
    return `${first === undefined ? this.message : faultLine(first)}${more > 0 ? ` (and ${more} more)` : ""}. ${this.hint}.`;
  }
}

/** `file: 7:15: group "g", rule 1, "name": what is wrong`, as promtool writes it. */
function faultLine({ file, line, column, group, rule, ruleName, message }: RuleFault): string {
  const place = `${file}: ${line}:${column}: `;
  if (group === undefined) return `${place}${message}`;
  if (rule === undefined) return `${place}group ${JSON.stringify(group)}: ${message}`;
  return `${place}group ${JSON.stringify(group)}, rule ${rule}, ${JSON.stringify(ruleName ?? "")}: ${message}`;
}
