/** Packs a finished file with gzip. Whatever happens on the way, there is always one of the two that is whole. */
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
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
  try {
    const source = createReadStream(path);
    // What a process that died has left is begun anew.
    await pipeline(source, createGzip(), createWriteStream(unfinished, { mode: 0o600, flush: true }));
    if ((await stat(path)).size !== source.bytesRead) {
      await rm(unfinished, { force: true });
      return false;
    }
    await rename(unfinished, `${path}${PACKED}`);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rm(path);
  return true;
}
