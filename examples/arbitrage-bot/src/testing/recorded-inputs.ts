/** Recorded market data that tests replay where it is there: beside the checkout, never a part of it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const RECORDED_INPUTS = fileURLToPath(new URL("../../../../../shared/inputs/market/", import.meta.url));

const TIMEOUT_MS = 120_000;

/** A test on these files, handed their paths: skipped where they are missing, a failure where they have to be there. */
export function testOnRecordings(
  title: string,
  files: readonly string[],
  body: (paths: readonly string[]) => Promise<void>,
): void {
  const paths = files.map((file) => `${RECORDED_INPUTS}${file}`);
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0) test(title, { timeout: TIMEOUT_MS }, () => body(paths));
  else if (process.env["CI"] === "true") test(title, () => expect.fail(`missing: ${missing.join(", ")}`));
  else test.skip(`${title} (skipped: the recordings are not beside this checkout)`);
}
