/** Services of their own, as people start them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

export interface StartedService extends AsyncDisposable {
  /** As a service manager stops it. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts `haltwatch …`, and waits until it has said where its metrics are. */
export async function startService(args: readonly string[]): Promise<StartedService> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes("metrics ")) resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void closed.then(() => reject(new Error(`it has ended: ${output}`)));
  });
  const stop = async (): Promise<number | null> => {
    child.kill("SIGTERM");
    await closed;
    return child.exitCode;
  };
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
