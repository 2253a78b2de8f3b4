import type { AppField } from './app-fields.ts';
import type { ControlProps } from './form-field.tsx';
import { linesOf, numberOf, textOf } from './request-edits.ts';

/** What {@link ValueControl} shows. */
export interface ValueControlProps {
  readonly field: AppField;
  readonly control: ControlProps;
  /** Undefined: the request does not say. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** The control for a value of an app, by its type. */
export function ValueControl(props: ValueControlProps) {
  const { field, control, value, onChange } = props;
  const { kind, isList } = field;
  const read = (text: string) => (kind === 'number' ? numberOf(text) : text);
  if (kind === 'flag')
    return (
      <input
        {...control}
        type="checkbox"
        checked={value === true || value === 'true' || value === 1}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  if (kind === 'bool') return <TruthSelect {...props} />;
  if (kind === 'enumeration') return isList ? <ChoiceBoxes {...props} /> : <ChoiceSelect {...props} />;
  if (isList)
    return (
      <textarea
        {...control}
        rows={3}
        spellcheck={false}
        value={linesOf(value)}
        onInput={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? [] : currentTarget.value.split('\n').map(read))
        }
      />
    );
  return (
    <input
      {...control}
      type="text"
      inputMode={kind === 'number' ? 'decimal' : undefined}
      autocomplete="off"
      spellcheck={false}
      value={textOf(value)}
      onInput={({ currentTarget }) => onChange(read(currentTarget.value))}
    />
  );
}

function TruthSelect({ control, value, onChange }: ValueControlProps) {
  return (
    <select
      {...control}
      value={textOf(value)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? undefined : currentTarget.value === 'true')
      }
    >
      <option value="">not said</option>
      <option value="true">true</option>
      <option value="false">false</option>
    </select>
  );
}

function ChoiceSelect({ field, control, value, onChange }: ValueControlProps) {
  const current = textOf(Array.isArray(value) ? value[0] : value);
  const isKnown = current === '' || field.choices.some((choice) => choice.value === current);
  return (
    <select
      {...control}
      value={current}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    >
      <option value="">not said</option>
      {!isKnown && <option value={current}>{current} (not one of the app’s)</option>}
      {field.choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

function ChoiceBoxes({ field, control, value, onChange }: ValueControlProps) {
  const chosen = (Array.isArray(value) ? value : [value]).map(textOf);
  const toggle = (choice: string, isOn: boolean) =>
    // In the order of the app, whatever was clicked first.
    onChange(
      field.choices
        .map((each) => each.value)
        .filter((each) => (each === choice ? isOn : chosen.includes(each))),
    );
  return (
    <div
      class="value-control-boxes"
      role="group"
      id={control.id}
      aria-label={field.label}
      aria-describedby={control['aria-describedby']}
    >
      {field.choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="checkbox"
            checked={chosen.includes(choice.value)}
            onChange={({ currentTarget }) => toggle(choice.value, currentTarget.checked)}
          />{' '}
          {choice.label}
        </label>
      ))}
    </div>
  );
}
