/**
 * A report as a frame's text. It was fetched with the token, which an address of its own could not carry. The frame has the page's own
 * policy: scripts do not run, and its styles need the page's nonce.
 */
export function framedReport(html: string, nonce: string): string {
  // Before it is read: the page's policy is that of what is read, too. The first style is Haltwatch's own, others stay without effect.
  const styled = html.replace("<style>", `<style nonce="${nonce}">`);
  const report = new DOMParser().parseFromString(styled, "text/html");
  for (const script of report.querySelectorAll("script, base, meta[http-equiv]")) script.remove();
  return `<!doctype html>${report.documentElement.outerHTML}`;
}
