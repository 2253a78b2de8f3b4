import type { AppView } from '@arras/contract';
import type { ValueHome } from './request-edits.ts';

/** One choice of an enumeration. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A field of the form for an input or a parameter of an app. */
export interface AppField {
  readonly home: ValueHome;
  readonly id: string;
  /** As the service names it in problems, such as `inputs.dataset`. */
  readonly path: string;
  readonly kind: 'path' | AppView['parameters'][number]['value']['type'];
  readonly label: string;
  readonly description: string;
  /** What a value has to be like, in words. */
  readonly hints: readonly string[];
  readonly isRequired: boolean;
  readonly isList: boolean;
  /** Of an enumeration; else empty. */
  readonly choices: readonly Choice[];
}

type Definition = AppView['inputs'][number] | AppView['parameters'][number];

/** The fields of an app's form: its visible inputs and then its visible parameters, in the order that the app wants. */
export function fieldsOf(app: Pick<AppView, 'inputs' | 'parameters'>): readonly AppField[] {
  return [...shown('inputs', app.inputs), ...shown('parameters', app.parameters)];
}

function shown(home: ValueHome, definitions: readonly Definition[]): readonly AppField[] {
  return definitions
    .filter(({ value }) => value.visible)
    .toSorted((one, other) => one.value.order - other.value.order)
    .map((definition) => fieldOf(home, definition));
}

function fieldOf(home: ValueHome, definition: Definition): AppField {
  const { id, value, details, semantics } = definition;
  const kind = 'type' in value ? value.type : 'path';
  return {
    home,
    id,
    path: `${home}.${id}`,
    kind,
    label: details.label === '' ? id : details.label,
    description: details.description,
    hints: hintsOf(definition),
    isRequired: value.required,
    isList: semantics.maxCardinality !== 1,
    choices: 'type' in value ? choicesOf(value) : [],
  };
}

function choicesOf({ enum_values: values = [] }: AppView['parameters'][number]['value']): readonly Choice[] {
  return values.flatMap((item) =>
    Object.entries(item).map(([value, label]) => ({ value, label: label === '' ? value : label })),
  );
}

function hintsOf({ value, semantics }: Definition): readonly string[] {
  const { minCardinality, maxCardinality, fileTypes } = semantics;
  const most = maxCardinality === -1 ? 'any number of' : maxCardinality;
  const perLine = 'enum_values' in value ? '' : ', one a line';
  const count = maxCardinality === 1 ? null : `${minCardinality} to ${most} values${perLine}`;
  const { validator } = value;
  const pattern = validator === null || validator === undefined ? null : `has to match ${validator}`;
  const types = fileTypes.length === 0 ? null : `file types: ${fileTypes.join(', ')}`;
  return [count, pattern, types].filter((hint) => hint !== null);
}
