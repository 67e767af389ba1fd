/** A template that cannot be read, or cannot be expanded: in the words of Go's text/template. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly code: "BAD_TEMPLATE" | "EXPANSION" | "LIMIT";
  readonly hint: string;

  constructor(code: TemplateError["code"], message: string, hint = "See Prometheus's documentation of templates") {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
