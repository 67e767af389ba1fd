/** Packs a finished file with gzip. Whatever happens on the way, there is always one of the two that is whole. */
import { createReadStream, createWriteStream, rmSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** What stands behind a packed file's name. */
export const PACKED = ".gz";

/**
 * A file that has grown meanwhile is left as it is: another process writes to it still.
 *
 * @returns whether it is packed
 * @throws what the file system says; then the file is as it was
 */
export async function packFile(path: string): Promise<boolean> {
  const unfinished = `${path}${PACKED}.tmp`;
  const source = createReadStream(path);
  try {
    // What a process that died has left is begun anew.
    await pipeline(source, createGzip(), createWriteStream(unfinished, { mode: 0o600, flush: true }));
    await rename(unfinished, `${path}${PACKED}`);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  // Between these two nothing else of this process happens, and of others hardly anything.
  if (statSync(path).size === source.bytesRead) {
    rmSync(path);
    return true;
  }
  await rm(`${path}${PACKED}`);
  return false;
}
