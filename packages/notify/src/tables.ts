import type { Store } from "@haltwatch/store";

/** Where what must survive a restart is kept: the store's tables, in the one SQLite file. */
export type Tables = Store["tables"];
