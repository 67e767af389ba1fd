/** `haltwatch salvage`: what can be read of a damaged store, into a new one. */
import { salvage } from "@haltwatch/server";

/** Exit code 1 if something is lost. @throws {StoreError} if nothing can be read, or the new file has samples already */
export function salvageCommand(damaged: string, newFile: string): void {
  const { samples, series, losses, lossCount } = salvage(damaged, newFile);
  const lines = [`Saved ${samples} samples of ${series} series in ${newFile}.`];
  if (lossCount === 0) lines.push("Nothing is lost.");
  else {
    lines.push(`Lost, as it cannot be read (${lossCount}):`, ...losses.map((loss) => `  ${loss}`));
    if (lossCount > losses.length) lines.push(`  and ${lossCount - losses.length} more`);
    process.exitCode = 1;
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
