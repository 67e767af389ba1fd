/** `haltwatch import`: OpenMetrics files into a store. */
import { type ImportProgress, type ImportReport, importFiles } from "@haltwatch/server";

export interface ImportFlags {
  readonly into: string;
}

/** How often progress is shown, milliseconds. */
const SHOWN_EVERY_MS = 200;

/** @throws {FileError} with file, line and column, where a file is malformed; the hint says what was kept */
export async function importCommand(files: readonly string[], { into }: ImportFlags): Promise<void> {
  const { stderr } = process;
  let shownAt = 0;
  const show = (progress: ImportProgress): void => {
    const now = performance.now();
    if (now - shownAt < SHOWN_EVERY_MS) return;
    shownAt = now;
    stderr.write(`\r\u001b[K${progressLine(progress)}`);
  };
  let report: ImportReport;
  try {
    report = await importFiles({ files, into, stdin: process.stdin, onProgress: stderr.isTTY ? show : undefined });
  } finally {
    if (shownAt > 0) stderr.write("\r\u001b[K");
  }
  process.stdout.write(`${summary(report, into)}\n`);
}

function progressLine({ file, lines, readBytes, totalBytes }: ImportProgress): string {
  const share = totalBytes === undefined ? "" : `, ${Math.floor((100 * readBytes) / Math.max(1, totalBytes))} %`;
  return `${file}: ${lines.toLocaleString("en")} lines${share}`;
}

function summary({ samples, series, duplicates, minMs, maxMs }: ImportReport, into: string): string {
  const left = duplicates === 0 ? "" : `; ${duplicates} duplicates left out`;
  if (samples === 0) return `${into}: nothing new${left}`;
  const [from, to] = [minMs, maxMs].map((timeMs) => new Date(timeMs).toISOString());
  return `${into}: ${samples} samples of ${series} series, from ${from} to ${to}${left}`;
}
