import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function SearchField({ label, value, onInput }: SearchFieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="hw-search">
      <label class="hw-hidden" for={id}>
        {label}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        value={value}
        placeholder={label}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

/** Whether each word of what is searched for is somewhere in the texts; capitals make no difference. */
export function matchesSearch(search: string, texts: readonly (string | undefined)[]): boolean {
  const all = texts.join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
