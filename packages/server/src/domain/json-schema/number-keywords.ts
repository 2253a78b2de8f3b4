import { checkOf, type Keyword } from './keyword.ts';

/** How far a quotient may be from a whole number: 0.3 / 0.1 is not 3 to a computer. */
const TOLERANCE = 1e-9;

/** Keywords that judge numbers. In draft 4 `exclusiveMinimum` is a flag beside `minimum`. */
export const NUMBER_KEYWORDS = {
  minimum: {
    shape: 'number',
    check: checkOf('number', (least: number, value: number, { schema }) => {
      if (schema['exclusiveMinimum'] === true && value === least)
        return `expected more than ${least}, got ${value}`;
      return value >= least ? null : `expected at least ${least}, got ${value}`;
    }),
  },
  maximum: {
    shape: 'number',
    check: checkOf('number', (most: number, value: number, { schema }) => {
      if (schema['exclusiveMaximum'] === true && value === most)
        return `expected less than ${most}, got ${value}`;
      return value <= most ? null : `expected at most ${most}, got ${value}`;
    }),
  },
  exclusiveMinimum: {
    shape: 'number or flag',
    check: checkOf('number', (least: number | boolean, value: number) =>
      typeof least === 'boolean' || value > least ? null : `expected more than ${least}, got ${value}`,
    ),
  },
  exclusiveMaximum: {
    shape: 'number or flag',
    check: checkOf('number', (most: number | boolean, value: number) =>
      typeof most === 'boolean' || value < most ? null : `expected less than ${most}, got ${value}`,
    ),
  },
  multipleOf: {
    shape: 'positive number',
    check: checkOf('number', (part: number, value: number) => {
      const times = value / part;
      const isWhole = Math.abs(times - Math.round(times)) <= TOLERANCE * Math.max(1, Math.abs(times));
      return isWhole ? null : `expected a multiple of ${part}, got ${value}`;
    }),
  },
} as const satisfies Record<string, Keyword>;
