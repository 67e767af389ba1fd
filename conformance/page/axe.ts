import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What axe says of the page as it stands: rule and element, one line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // Frames of other origins are none of ours: without them it needs no second tab.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ html }) => html)
        .join(" ")
        .slice(0, 300)}`,
  );
}
