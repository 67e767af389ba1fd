/** The page at `/`: where the metrics are, and that the bot is up. One file, nothing from outside. */

export interface LandingPage {
  readonly title: string;
  readonly startedAt: Date;
}

export function landingPage({ title, startedAt }: LandingPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 38rem; margin: 3rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; margin-bottom: .25rem; }
  p { margin: .25rem 0 1.5rem; opacity: .75; }
  a { display: block; padding: .75rem 1rem; margin: .5rem 0; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; color: inherit; text-decoration: none; }
  a:hover, a:focus-visible { border-color: currentColor; }
  code { font: .95rem ui-monospace, monospace; }
  small { display: block; opacity: .75; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>Up since ${startedAt.toISOString().slice(0, 19).replace("T", " ")} UTC.</p>
<a href="/metrics"><code>/metrics</code><small>what the bot records, for Prometheus or Haltwatch to read</small></a>
<a href="/healthz"><code>/healthz</code><small>that the bot is up, as JSON</small></a>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
