/** The dashboard that was opened from a file of the user's. */

export interface OpenedFile {
  readonly name: string;
  /** Grafana's JSON, which can be shown. */
  readonly dashboard: unknown;
}

/** Stands in the address for the file that was opened last: what is in it is nowhere but in this tab. */
export const FILE_UID = "~file";
