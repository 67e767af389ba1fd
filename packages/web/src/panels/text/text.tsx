/** Text of a dashboard: Markdown as elements; HTML as the text that is in it, never as HTML. */
import type { JSX } from "preact";
import { textOf } from "../../dashboard/json.ts";
import { Markdown } from "../../elements/markdown.tsx";
import { interpolate } from "../../variables/interpolate.ts";
import type { PanelBodyProps } from "../panel-body.ts";
import { textOfHtml } from "./text-of-html.ts";

export function Text({ panel: { options }, context }: PanelBodyProps): JSX.Element {
  const content = interpolate(textOf(options["content"], 50_000) ?? "", context.lookup, "text");
  if (options["mode"] === "code") {
    return (
      <pre class="hw-panel-text">
        <code>{content}</code>
      </pre>
    );
  }
  return (
    <div class="hw-panel-text">
      <Markdown text={/<[a-z!/]/i.test(content) ? textOfHtml(content) : content} headingLevel={3} />
    </div>
  );
}
