/** A private key, a mnemonic or a keystore in the configuration is refused before anything is made of it, and is not shown. */
import { findSecretKey } from "@haltwatch/probes";
import type { FaultAt } from "./chain-config.ts";

const HINT =
  "Take it out, and move what it holds to another wallet if others may have seen it: Haltwatch needs addresses only";

/** @param table all that was read, of whichever layer @throws at the first one */
export function refuseSecretKeys(table: Readonly<Record<string, unknown>>, faultAt: FaultAt): void {
  const found = findSecretKey(table);
  if (found === undefined) return;
  throw faultAt(found.path.join("."), `${found.key} looks like ${found.kind}, which Haltwatch never takes`, HINT);
}
