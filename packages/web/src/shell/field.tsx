/** Parts of forms: a label above, a hint below, a fault in words. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly type?: "text" | "password";
  readonly isRequired?: boolean;
  readonly hasFocus?: boolean;
  readonly suggestions?: readonly string[];
  readonly placeholder?: string;
  readonly autocomplete?: "off" | "name";
}

export function TextField({
  label,
  value,
  onInput,
  hint,
  type = "text",
  isRequired = false,
  hasFocus = false,
  suggestions,
  placeholder,
  autocomplete = "off",
}: TextFieldProps): JSX.Element {
  const id = useId();
  const shared = {
    id,
    value,
    required: isRequired,
    autoFocus: hasFocus,
    autocomplete,
    spellcheck: false,
    placeholder,
    "aria-describedby": hint === undefined ? undefined : `${id}-hint`,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
  };
  return (
    <div class="hw-field">
      <label for={id}>{label}</label>
      {type === "password" ? (
        <input {...shared} type="password" />
      ) : suggestions === undefined ? (
        <input {...shared} type="text" />
      ) : (
        <input {...shared} type="text" list={`${id}-list`} />
      )}
      {suggestions === undefined ? null : (
        <datalist id={`${id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint === undefined ? null : (
        <p class="hw-field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string; readonly hint?: string }[];
  readonly onChange: (value: T) => void;
}

/** Radio buttons as a row of cards. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="hw-choice">
      <legend>{label}</legend>
      <div class="hw-choice-options">
        {options.map((option) => (
          <label key={option.value} class="hw-choice-option">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>
              <strong>{option.text}</strong>
              {option.hint === undefined ? null : <small>{option.hint}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
