/** What the file holds, by version. A version's statements never change once it has been released: a newer one adds its own. */

/** Tells our files from others: "HaWa". */
export const APPLICATION_ID = 0x48615761;

/** By version, from 1: what brings a file from the version before. */
export const MIGRATIONS: readonly string[] = [
  `
  -- labels: JSON array of names and values in turn, names ascending
  CREATE TABLE series (ref INTEGER PRIMARY KEY, labels TEXT NOT NULL, crc32 INTEGER NOT NULL) STRICT;
  -- A block is complete once all of its bundles are there; until then its samples are in unflushed.
  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    is_complete INTEGER NOT NULL DEFAULT 0,
    min_ms INTEGER,
    max_ms INTEGER,
    samples INTEGER,
    -- timestamps, and which series stands in which slot
    directory BLOB
  ) STRICT;
  CREATE TABLE bundles (
    block INTEGER NOT NULL,
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (block, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE unflushed (id INTEGER PRIMARY KEY, block INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE INDEX unflushed_block ON unflushed (block);
  -- of metric families: what exposition says of them
  CREATE TABLE metadata (
    metric TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    help TEXT NOT NULL,
    unit TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- tables of other packages, by package
  CREATE TABLE owners (owner TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
