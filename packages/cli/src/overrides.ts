import { isRecord } from '@arras/contract';
import { Refusal } from './refusal.ts';

/**
 * A document with the values of `key=value` arguments in it: `archive=false`, `parameters.count=5`,
 * `inputs.text=agave://store/a.txt`. A value that is JSON counts as such, any other is text.
 */
export function applyOverrides(
  document: Readonly<Record<string, unknown>>,
  overrides: readonly string[],
): Record<string, unknown> {
  return overrides.reduce<Record<string, unknown>>(
    (changed, override) => {
      const { path, value } = parseOverride(override);
      return withValue(changed, path, value);
    },
    { ...document },
  );
}

function parseOverride(text: string): { path: readonly string[]; value: unknown } {
  const [key, ...rest] = text.split('=');
  const path = (key ?? '').split('.');
  if (rest.length === 0 || path.some((part) => part === '' || part === '__proto__')) {
    throw new Refusal({
      what: `"${text}" is no override.`,
      why: 'Expected key=value, such as archive=false or parameters.count=5.',
      todo: 'Write a file name after -F; every other argument is key=value.',
    });
  }
  return { path, value: parseValue(rest.join('=')) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // What is no JSON is plain text: nobody wants to quote a path twice.
  }
}

function withValue(
  document: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [first = '', ...rest] = path;
  const inner = document[first];
  return {
    ...document,
    [first]: rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value),
  };
}
