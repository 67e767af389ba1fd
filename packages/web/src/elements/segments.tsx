/** One of a few, side by side. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text?: string }[];
  readonly onChange: (value: T) => void;
}

export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="hw-segments">
      <legend class="hw-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.text ?? option.value}
        </label>
      ))}
    </fieldset>
  );
}
