import { describeValue, type FieldProblem, type InputDefinition, listDefaults } from '@arras/contract';
import { findCountProblem, findGivenValues, type ValueRequest } from './given-values.ts';
import { parseInputUri } from './input-uri.ts';
import { baseName } from './paths.ts';

/** One input value as a job keeps it. */
export interface ResolvedInput {
  /** Where it came from in the request, such as `inputs.dataset`. */
  readonly field: string;
  /** Absolute address: what the user wrote when that was one already. */
  readonly uri: string;
  /** Null: on no system, but at the address. */
  readonly systemId: string | null;
  /** In the v2 notation: relative to the system's homeDir unless it begins with a slash; of an address the file's name. */
  readonly path: string;
}

/** Everything that resolving inputs depends on beside the request. */
export interface InputRules {
  readonly definitions: readonly InputDefinition[];
  /** The system that plain paths are on; null when the user has no default storage system. */
  readonly defaultSystemId: string | null;
  /** Base of the addresses of this service, without a slash at the end. */
  readonly publicUrl: string;
  /** File names in the work directory that belong to the service. */
  readonly reservedNames: readonly string[];
  readonly findsMatch: (pattern: string, value: string) => boolean;
}

/** The inputs that are sound, by id, and everything that is wrong with the others. */
export interface ResolvedInputs {
  readonly inputs: Readonly<Record<string, readonly ResolvedInput[]>>;
  readonly problems: readonly FieldProblem[];
}

/** Applies the rules of spec/jobs.md 2.2 to a request. */
export function resolveInputs(request: ValueRequest, rules: InputRules): ResolvedInputs {
  const resolved = rules.definitions.map((definition) => ({
    id: definition.id,
    ...resolveInput(request, definition, rules),
  }));
  const inputs = Object.fromEntries(
    resolved.filter(({ values }) => values.length > 0).map(({ id, values }) => [id, values]),
  );
  const problems = resolved.flatMap((input) => input.problems);
  return {
    inputs,
    problems: [...problems, ...findNameProblems(Object.values(inputs).flat(), rules.reservedNames)],
  };
}

interface Resolution {
  readonly values: readonly ResolvedInput[];
  readonly problems: readonly FieldProblem[];
}

function resolveInput(request: ValueRequest, definition: InputDefinition, rules: InputRules): Resolution {
  const { value } = definition;
  const given = findGivenValues(request, definition, 'inputs');
  const refuse = (message: string): Resolution => ({
    values: [],
    problems: [{ field: given.field, message }],
  });
  if (!value.visible) {
    if (given.values.length > 0) return refuse('is set by the app and cannot be chosen; leave it out');
    return locateAll(given.field, listDefaults(value.default), rules);
  }
  if (given.values.length === 0) {
    return value.required
      ? refuse(`is required: expected ${describeInput(definition)}`)
      : { values: [], problems: [] };
  }
  const wrongCount = findCountProblem(definition, given.values.length);
  if (wrongCount !== null) return refuse(wrongCount);
  // Blanks around the parts of `a.csv; b.csv` are not meant; those of a single path are its own.
  const texts = given.values.map((item) => (given.values.length > 1 ? String(item).trim() : String(item)));
  const unfit = texts.find((text) => value.validator !== null && !rules.findsMatch(value.validator, text));
  if (unfit !== undefined)
    return refuse(`expected a value that matches ${value.validator}, got ${describeValue(unfit)}`);
  return locateAll(given.field, texts, rules);
}

function describeInput({ details }: InputDefinition): string {
  return details.label === '' ? 'a path or URL' : `a path or URL (${details.label})`;
}

function locateAll(field: string, texts: readonly string[], rules: InputRules): Resolution {
  const located = texts.map((text) => locate(field, toSystemUri(text, rules), rules.defaultSystemId));
  return {
    values: located.filter((item): item is ResolvedInput => 'uri' in item),
    problems: located.filter((item): item is FieldProblem => 'message' in item),
  };
}

/**
 * `https://this.service/files/v2/media/system/store/a.csv` is `agave://store/a.csv`, and without the system a file on the
 * default one: the service needs no call to itself to read it, nor a token (spec/jobs.md 2.2).
 */
function toSystemUri(text: string, { publicUrl, defaultSystemId }: InputRules): string {
  const media = `${publicUrl}/files/v2/media/`;
  if (!text.startsWith(media)) return text;
  const [rest = ''] = text.slice(media.length).split(/[?#]/);
  if (rest.startsWith('system/')) return `agave://${rest.slice('system/'.length)}`;
  return defaultSystemId === null ? text : `agave://${defaultSystemId}/${rest}`;
}

function locate(field: string, text: string, defaultSystemId: string | null): ResolvedInput | FieldProblem {
  const isUri = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (!isUri && defaultSystemId === null) {
    return {
      field,
      message: `you have no default storage system for ${describeValue(text)}; write agave://SYSTEM/PATH`,
    };
  }
  const location = parseInputUri(text, { systemId: defaultSystemId ?? '' });
  if (location.kind === 'invalid')
    return { field, message: `${location.reason}, got ${describeValue(text)}` };
  if (location.kind === 'url') return { field, uri: location.url, systemId: null, path: location.name };
  if (baseName(`/${location.path}`) === '') {
    return {
      field,
      message: `expected the path of a file or of a directory below the home directory, got ${describeValue(text)}`,
    };
  }
  const { systemId, path } = location;
  return { field, uri: isUri ? text : renderSystemUri(systemId, path), systemId, path };
}

/** `agave://store.example.org/data.csv`, `agave://store.example.org//absolute`: what `parseInputUri` reads back. */
export function renderSystemUri(systemId: string, path: string): string {
  return `agave://${systemId}/${encodeURI(path)}`;
}

/** Inputs lie side by side in the work directory under their own names, so two of one name would be one file. */
function findNameProblems(inputs: readonly ResolvedInput[], reserved: readonly string[]): FieldProblem[] {
  const taken = new Map<string, ResolvedInput>();
  return inputs.flatMap((input) => {
    const name = baseName(`/${input.path}`);
    const other = taken.get(name);
    taken.set(name, input);
    if (reserved.includes(name)) {
      return [
        {
          field: input.field,
          message: `the name ${JSON.stringify(name)} is used by the service; rename the file`,
        },
      ];
    }
    if (other === undefined) return [];
    const message = `${JSON.stringify(name)} is also the file name of ${other.uri} (${other.field}); rename one of the files`;
    return [{ field: input.field, message }];
  });
}
