import type { JSX } from "preact";
import { usePage } from "./page-context.ts";
import { PAGE_KEYS } from "./shortcuts.ts";

export interface NavigationProps {
  readonly onGo: () => void;
}

export function Navigation({ onGo }: NavigationProps): JSX.Element {
  const { live, router } = usePage();
  const overview = live.overview.value;
  const current = router.route.value.page;
  const marks: Readonly<
    Record<string, { readonly text: string; readonly tone: string; readonly label: string } | undefined>
  > = {
    alerts: overview === undefined || overview.alerts.firing === 0 ? undefined : mark(overview.alerts),
    targets:
      overview === undefined || overview.targets.down === 0
        ? undefined
        : { text: String(overview.targets.down), tone: "critical", label: `${overview.targets.down} down` },
    heartbeat:
      overview === undefined || overview.probes.down === 0
        ? undefined
        : { text: String(overview.probes.down), tone: "critical", label: `${overview.probes.down} not well` },
  };
  const shown = PAGE_KEYS.filter(({ page }) => page !== "what-if" || overview?.is_demo === true);
  return (
    <ul class="hw-nav-list">
      {shown.map(({ page, title, key }) => {
        const found = marks[page];
        return (
          <li key={page}>
            <a
              href={`#/${page}`}
              aria-current={current === page ? "page" : undefined}
              title={`${title} (g ${key})`}
              onClick={onGo}
            >
              <span>{title}</span>
              {found === undefined ? null : (
                <span class={`hw-nav-mark hw-tone-${found.tone}`}>
                  <span aria-hidden="true">{found.text}</span>
                  <span class="hw-hidden">, {found.label}</span>
                </span>
              )}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function mark({ firing, critical, warning }: { firing: number; critical: number; warning: number }) {
  const tone = critical > 0 ? "critical" : warning > 0 ? "warning" : "info";
  return { text: String(firing), tone, label: `${firing} firing` };
}
