/** What a pause is about, read from its text: `all`, `bot:arb-1`, `venue:cex`, `bot:arb-1,venue:cex`. Source: packages/guard, scope.ts. */

type Dimension = "bot" | "venue" | "strategy";

type PauseScope = Readonly<Partial<Record<Dimension, string>>>;

/** Whether a pause of this scope is (also) about this bot. */
export function concerns(scope: string, bot: string): boolean {
  const named = botOf(scope);
  return named === undefined || named === bot;
}

/** @returns `undefined` for a scope of all bots */
export function botOf(scope: string): string | undefined {
  return readScope(scope).bot;
}

/** Whether it stops a bot only at a venue, or only one of its strategies. */
export function isOfPart(scope: string): boolean {
  const { venue, strategy } = readScope(scope);
  return venue !== undefined || strategy !== undefined;
}

/** What it is about within the bot: `venue:cex`. */
export function partText(scope: string): string {
  const { venue, strategy } = readScope(scope);
  return [venue === undefined ? "" : `venue:${venue}`, strategy === undefined ? "" : `strategy:${strategy}`]
    .filter((part) => part !== "")
    .join(", ");
}

/** What is not known in it is left out: then it is about more, as a pause must not be hidden. */
function readScope(text: string): PauseScope {
  const named: Partial<Record<Dimension, string>> = {};
  for (const part of text.split(",")) {
    const found = /^\s*(bot|venue|strategy):(.+)$/.exec(part);
    const [, dimension, name] = found ?? [];
    // The pattern lets no other name through.
    if (dimension !== undefined && name !== undefined) named[dimension as Dimension] = decoded(name.trim());
  }
  return named;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a percent sign that begins no code
  }
}
