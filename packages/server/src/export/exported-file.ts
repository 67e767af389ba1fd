/** What an export is made of, before any of it is written. */
import { stringify } from "yaml";

export interface ExportedFile {
  /** Relative to the export's folder, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Only its owner may read it. */
  readonly isPrivate?: true;
}

/** A whole export, and what there is to say of it. */
export interface Export {
  readonly files: readonly ExportedFile[];
  /** What must be in `secrets/` of its folder, each once. */
  readonly secrets: readonly NeededSecret[];
  /** Folders that programs write into, relative to the export's. */
  readonly dataFolders: readonly string[];
  /** What of the configuration is left out, and what to know. */
  readonly warnings: readonly string[];
}

/** A file in `secrets/` of the export's folder. */
export interface NeededSecret {
  readonly name: string;
  /** For people. */
  readonly what: string;
  /** Where the configuration says that it is kept: `keyring:slack`. Without it, any random text will do. */
  readonly reference: string | undefined;
}

const HEAD = "# Written by haltwatch export: change haltwatch.toml, and export again.\n";

/** @param note lines of its own below the head, without number signs */
export function yamlFile(path: string, content: object, note = ""): ExportedFile {
  const lines = note === "" ? "" : `${note.replaceAll(/^/gm, "# ")}\n`;
  return { path, text: `${HEAD}${lines}${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}` };
}

export function inFolder(folder: string, files: readonly ExportedFile[]): ExportedFile[] {
  return files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}
