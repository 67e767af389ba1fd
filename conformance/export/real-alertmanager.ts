/** A real Alertmanager on a loopback port, with a configuration file that is there already; stopped afterwards. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface AlertmanagerPlace {
  /** Its configuration file. */
  readonly config: string;
  /** A folder of its own for what it keeps. */
  readonly storage: string;
  readonly port: number;
}

export function startAlertmanager(binary: string, { config, storage, port }: AlertmanagerPlace): AsyncDisposable {
  const args = [
    `--config.file=${config}`,
    `--storage.path=${storage}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ];
  const child = spawn(binary, args, { stdio: "ignore" });
  const closed = once(child, "close");
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
