/**
 * A report as a frame's text. It was fetched with the token, which an address of its own could not carry. The frame has the page's own
 * policy: scripts do not run, and its styles need the page's nonce.
 */
export function framedReport(html: string, nonce: string): string {
  const report = new DOMParser().parseFromString(html, "text/html");
  for (const script of report.querySelectorAll("script, base, meta[http-equiv]")) script.remove();
  for (const style of report.querySelectorAll("style")) style.setAttribute("nonce", nonce);
  return `<!doctype html>${report.documentElement.outerHTML}`;
}
