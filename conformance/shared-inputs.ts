/** Test data beside the checkout, where there is any: read in place, never a part of it. */
import { existsSync, globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const INPUTS = fileURLToPath(new URL("../../shared/inputs/", import.meta.url));

/** A test on files of the test data: skipped, saying so, where there is none; with `CI=true` a failure. */
export function testOnInputs(
  title: string,
  pattern: string,
  body: (files: readonly string[]) => void | Promise<void>,
): void {
  const files = existsSync(INPUTS) ? globSync(pattern, { cwd: INPUTS }).map((file) => `${INPUTS}${file}`) : [];
  if (files.length > 0) test(title, { timeout: 300_000 }, () => body(files.sort()));
  else if (process.env["CI"] === "true") test(title, () => expect.fail(`no test data: ${pattern}`));
  else test.skip(`${title} (skipped: no test data here)`);
}
