/**
 * Runs one case in a process of its own: what the compiler learnt from one client's code must not colour the next one's.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const runFile = promisify(execFile);

/** A case that takes longer hangs, milliseconds. */
const CASE_TIMEOUT_MS = 120_000;

/**
 * What the case prints, read as JSON.
 *
 * @param file the case's module
 * @param nodeFlags for the runtime, such as `--expose-gc`
 * @param timeoutMs after which it is ended
 * @returns as `T`: the module at `file` is ours, and prints exactly that
 */
export async function inFreshProcess<T>(
  file: URL,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
  timeoutMs = CASE_TIMEOUT_MS,
): Promise<T> {
  const { stdout } = await runFile(process.execPath, [...nodeFlags, file.pathname, ...args], {
    timeout: timeoutMs,
    maxBuffer: 2 ** 20,
  });
  return JSON.parse(stdout) as T;
}

/** Ends a case: tells what it found to the process that started it. */
export function tellResult(result: object): void {
  process.stdout.write(JSON.stringify(result));
}
