/** A keyring in memory: machines that run tests have none. */
import type { Keyring } from "../keyring.ts";

export class PlainKeyring implements Keyring {
  readonly entries = new Map<string, string>();

  readonly get = async (name: string): Promise<string | undefined> => this.entries.get(name);
  readonly getNow = (name: string): string | undefined => this.entries.get(name);
  readonly set = (name: string, secret: string): void => void this.entries.set(name, secret);
  readonly delete = (name: string): boolean => this.entries.delete(name);
  readonly list = (): readonly string[] => [...this.entries.keys()].sort();
}
