/** Where in a configuration's text a value stands, for errors that lead there. */

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type ConfigPath = readonly PropertyKey[];

export interface ConfigPlaces {
  /** `undefined` if it is from no file. */
  readonly file: string | undefined;
  /** Where the value begins, or what it would be in; `undefined` where that is not known. */
  placeOf(path: ConfigPath): Place | undefined;
  /** Where its key begins. */
  placeOfKey(path: ConfigPath): Place | undefined;
  /** What it is called there, if it has another key than here. */
  nameOf?(path: ConfigPath): string;
}

/** As people write a path: `route.routes[0].receiver`. */
export function keyOf(path: ConfigPath): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? String(part) : `${key}.${String(part)}`;
  }, "");
}
