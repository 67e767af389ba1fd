/** Rules' queries as Prometheus shows them: parsed and printed again, which is not done anew for each look at the rules. */
import { PromqlParseError, parseQuery, printQuery } from "@haltwatch/promql";
import type { Rule } from "@haltwatch/rules";

export class PrintedQueries {
  /** A rule's query never changes: where the file has another one, it is another rule. */
  readonly #known = new WeakMap<Rule, string>();

  of(rule: Rule): string {
    const known = this.#known.get(rule);
    if (known !== undefined) return known;
    const printed = print(rule.expr);
    this.#known.set(rule, printed);
    return printed;
  }
}

function print(expr: string): string {
  try {
    return printQuery(parseQuery(expr));
  } catch (error) {
    if (error instanceof PromqlParseError) return expr; // as it stands in the file, which says what is wrong with it
    throw error;
  }
}
