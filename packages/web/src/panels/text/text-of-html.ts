/** What people would read of a piece of HTML. */

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  "#39": "'",
};

/** Tags go; those that begin a line leave a line's end, links keep their addresses as Markdown. Scripts and styles go with their content. */
export function textOfHtml(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replaceAll(/<(script|style|iframe|object|svg)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, "")
    .replaceAll(/<h([1-6])\b[^>]*>/gi, (_all, level: string) => `\n\n${"#".repeat(Number(level))} `)
    .replaceAll(/<li\b[^>]*>/gi, "\n- ")
    .replaceAll(
      /<a\b[^>]{0,2000}?\bhref\s{0,5}=\s{0,5}["'](https?:\/\/[^"'\s)]{1,2000})["'][^>]{0,2000}>([^<]{1,500})<\/a>/gi,
      "[$2]($1)",
    )
    .replaceAll(/<\/?(?:b|strong)\b[^>]*>/gi, "**")
    .replaceAll(/<(?:br|hr)\b[^>]*>/gi, "\n")
    .replaceAll(/<\/?(?:p|div|ul|ol|h[1-6]|table|tr|center|section|header)\b[^>]*>/gi, "\n\n")
    .replaceAll(/<[a-z/!][^>]*>?/gi, "")
    .replaceAll(/&(\w{2,6}|#39);/g, (all, name: string) =>
      Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? all) : all,
    )
    .replaceAll(/^[ \t]+/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
