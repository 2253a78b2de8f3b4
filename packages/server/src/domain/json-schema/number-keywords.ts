import { checkOf, type Keyword } from './keyword.ts';

/** A number as it is written: a whole number, and the power of ten that it is to be multiplied with. */
interface Decimal {
  readonly whole: bigint;
  readonly power: number;
}

/** `1.25e-7` is 125 times ten to the power of -9. */
function decimalOf(value: number): Decimal {
  const [digits = '', power = ''] = value.toExponential().split('e');
  const [, fraction = ''] = digits.split('.');
  return { whole: BigInt(digits.replace('.', '')), power: Number(power) - fraction.length };
}

/**
 * Whether a number is a multiple of another, as both are written: 0.3 / 0.1 is not 3 to a computer, and a quotient of large
 * numbers is always whole to it.
 */
function isMultiple(value: number, part: number): boolean {
  const [one, other] = [decimalOf(value), decimalOf(part)];
  const least = Math.min(one.power, other.power);
  const scaled = ({ whole, power }: Decimal) => whole * 10n ** BigInt(power - least);
  return scaled(one) % scaled(other) === 0n;
}

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
    check: checkOf('number', (part: number, value: number) =>
      isMultiple(value, part) ? null : `expected a multiple of ${part}, got ${value}`,
    ),
  },
} as const satisfies Record<string, Keyword>;
