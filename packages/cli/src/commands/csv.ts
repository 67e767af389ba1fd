/** `haltwatch csv`: reads back what a bot recorded to CSV files. */
export interface CsvFlags {
  readonly json?: boolean;
}

export async function readCsv(_paths: readonly string[], _flags: CsvFlags): Promise<void> {}
