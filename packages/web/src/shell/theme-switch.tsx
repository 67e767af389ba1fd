import type { JSX } from "preact";
import { Icon } from "../elements/icon.tsx";
import { usePage } from "./page-context.ts";
import { THEMES, type ThemeName } from "./theme.ts";

const ICONS = { system: "screen", light: "sun", dark: "moon" } as const satisfies Record<ThemeName, string>;

export function ThemeSwitch(): JSX.Element {
  const { theme } = usePage();
  const current = theme.name.value;
  return (
    <fieldset class="hw-theme">
      <legend class="hw-hidden">Colours</legend>
      {THEMES.map((name) => (
        <label key={name} title={name === "system" ? "As the system" : name === "light" ? "Light" : "Dark"}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={name === current}
            onChange={() => theme.set(name)}
            aria-label={name}
          />
          <Icon name={ICONS[name]} />
        </label>
      ))}
    </fieldset>
  );
}
