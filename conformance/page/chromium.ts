/** Chromium as tests, pictures and the benchmark start it: without a screen, a sandbox or anything to ask the network for. */
export const CHROMIUM = process.env["HALTWATCH_CHROMIUM"] ?? "/usr/bin/chromium";

export const CHROMIUM_FLAGS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
