import type { AppField } from './app-fields.ts';
import { FormField } from './form-field.tsx';
import { type Draft, valuesOf, withValue } from './request-edits.ts';
import { ValueControl } from './value-control.tsx';

/** What the parts of the form are given. */
export interface PartProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly problems: ReadonlyMap<string, readonly string[]>;
}

/** The fields of the app itself: its inputs and its parameters. */
export function AppPart({ fields, ...part }: PartProps & { readonly fields: readonly AppField[] }) {
  const inputs = fields.filter(({ home }) => home === 'inputs');
  const parameters = fields.filter(({ home }) => home === 'parameters');
  return (
    <>
      {inputs.length > 0 && <Group title="Inputs" fields={inputs} {...part} />}
      {parameters.length > 0 && <Group title="Parameters" fields={parameters} {...part} />}
    </>
  );
}

interface GroupProps extends PartProps {
  readonly title: string;
  readonly fields: readonly AppField[];
}

function Group({ title, fields, draft, onChange, problems }: GroupProps) {
  return (
    <fieldset class="submit-part">
      <legend>{title}</legend>
      {fields.map((field) => (
        <FormField
          key={field.path}
          label={field.label}
          isRequired={field.isRequired}
          description={field.description}
          hints={field.hints}
          problems={problems.get(field.path)}
          isInline={field.kind === 'flag'}
        >
          {(control) => (
            <ValueControl
              field={field}
              control={control}
              value={valuesOf(draft, field.home)[field.id]}
              onChange={(value) => onChange(withValue(draft, field.home, field.id, value))}
            />
          )}
        </FormField>
      ))}
    </fieldset>
  );
}
