/** Tells the EVM node where its binary is: beside the other peers, where npm has left it out of the project's own dependencies. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PEERS_DIR } from "../peers.ts";

const PLATFORM = `${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;

const BINARY = join(PEERS_DIR, "@nomicfoundation", `edr-${PLATFORM}`, `edr.${PLATFORM}.node`);

if (existsSync(BINARY)) process.env["NAPI_RS_NATIVE_LIBRARY_PATH"] ??= BINARY;
