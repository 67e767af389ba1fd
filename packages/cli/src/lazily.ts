/** What commands share: a command's code is loaded when it is called, as each takes its time to load. */

export const DEFAULT_PORT = 9898;

export const DEFAULT_URL = `http://localhost:${DEFAULT_PORT}`;

export function lazily<A extends unknown[]>(
  load: () => Promise<(...args: A) => unknown>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    await (await load())(...args);
  };
}
