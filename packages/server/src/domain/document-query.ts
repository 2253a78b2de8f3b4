import { describeValue, isRecord, isStorableJson, parseSearchDate } from '@arras/contract';

/** A part of a document that a query can speak of. */
export type DocumentField =
  | { readonly kind: 'text'; readonly column: 'uuid' | 'owner' | 'name' | 'schema_id' }
  | { readonly kind: 'list'; readonly column: 'association_ids' }
  | { readonly kind: 'time'; readonly column: 'created_at' | 'last_updated' }
  /** Names below the value; none for the value itself. */
  | { readonly kind: 'path'; readonly names: readonly string[] };

/** A comparison that orders. */
export type DocumentComparison = '<' | '<=' | '>' | '>=';

/** What a document must be like. Values are data: whoever runs a query binds them. */
export type DocumentQuery =
  | { readonly kind: 'all' | 'any'; readonly of: readonly DocumentQuery[] }
  | { readonly kind: 'not'; readonly of: DocumentQuery }
  | { readonly kind: 'equals'; readonly field: DocumentField; readonly value: unknown }
  | {
      readonly kind: 'compares';
      readonly field: DocumentField;
      readonly operator: DocumentComparison;
      readonly value: string | number;
    }
  | { readonly kind: 'exists'; readonly field: DocumentField }
  | {
      readonly kind: 'matches';
      readonly field: DocumentField;
      readonly pattern: string;
      readonly isCaseless: boolean;
    };

/** What is queried: each kind has a name for its value and fields of its own. */
export const DOCUMENT_FIELDS = {
  metadata: {
    value: 'value',
    uuid: { kind: 'text', column: 'uuid' },
    owner: { kind: 'text', column: 'owner' },
    name: { kind: 'text', column: 'name' },
    schemaId: { kind: 'text', column: 'schema_id' },
    associationIds: { kind: 'list', column: 'association_ids' },
    created: { kind: 'time', column: 'created_at' },
    lastUpdated: { kind: 'time', column: 'last_updated' },
  },
  schema: {
    value: 'schema',
    uuid: { kind: 'text', column: 'uuid' },
    owner: { kind: 'text', column: 'owner' },
    created: { kind: 'time', column: 'created_at' },
    lastUpdated: { kind: 'time', column: 'last_updated' },
  },
} as const satisfies Record<string, Readonly<Record<string, string | DocumentField>>>;

/** What is queried. */
export type DocumentKind = keyof typeof DOCUMENT_FIELDS;

/** What keeps a query from being more work than a request may cause. */
export const QUERY_LIMITS = { depth: 8, conditions: 50, values: 100, names: 12 } as const;

/** Why a query cannot be understood, as the rest of a sentence. */
export class BadQuery extends Error {
  override readonly name = 'BadQuery';
}

/** Judges a regular expression: the rest of a sentence, or null when it can be run. */
export type JudgePattern = (pattern: string) => string | null;

/**
 * Reads a query in the subset of MongoDB's language that is safe to run for anybody:
 * https://www.mongodb.com/docs/manual/reference/operator/query/. Throws {@link BadQuery}, which names what is not known.
 */
export function parseDocumentQuery(query: unknown, seams: QuerySeams): DocumentQuery {
  if (!isStorableJson(query)) throw new BadQuery('has a NUL character, which no document can hold');
  return new QueryReader(seams).read(query);
}

/** What the meaning of a query depends on. */
export interface QuerySeams {
  readonly kind: DocumentKind;
  readonly judgePattern: JudgePattern;
  /** From when relative times count. */
  readonly now: Date;
}

/** Reads one query; counts its conditions. */
class QueryReader {
  readonly #seams: QuerySeams;
  #conditions = 0;

  constructor(seams: QuerySeams) {
    this.#seams = seams;
  }

  read(query: unknown, depth = 0): DocumentQuery {
    if (!isRecord(query))
      throw new BadQuery(`expected an object with conditions, got ${describeValue(query)}`);
    if (depth > QUERY_LIMITS.depth) throw new BadQuery(`is nested more than ${QUERY_LIMITS.depth} deep`);
    const of = Object.entries(query).map(([name, value]) => this.#readEntry(name, value, depth));
    return { kind: 'all', of };
  }

  #readEntry(name: string, value: unknown, depth: number): DocumentQuery {
    if (name === '$and' || name === '$or') {
      if (!Array.isArray(value) || value.length === 0)
        throw new BadQuery(`expected a list of conditions for ${name}, got ${describeValue(value)}`);
      const of = value.map((each) => this.read(each, depth + 1));
      return { kind: name === '$and' ? 'all' : 'any', of };
    }
    if (name.startsWith('$')) throw unknownOperator(name, '$and and $or beside fields');
    return this.#readField(this.#findField(name), value, depth);
  }

  #findField(name: string): DocumentField {
    const fields: Readonly<Record<string, string | DocumentField>> = DOCUMENT_FIELDS[this.#seams.kind];
    const root = DOCUMENT_FIELDS[this.#seams.kind].value;
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof known === 'object') return known;
    const [first, ...names] = name.split('.');
    if (first !== root) {
      const others = Object.keys(fields).filter((each) => each !== 'value');
      throw new BadQuery(
        `has the unknown field ${describeValue(name)}: expected one of ${others.join(', ')}, ${root}, or a path such as ${root}.size`,
      );
    }
    if (names.length > QUERY_LIMITS.names)
      throw new BadQuery(`has a path of more than ${QUERY_LIMITS.names} names`);
    return { kind: 'path', names };
  }

  /** A plain value means equality; an object whose names begin with `$` holds operators. */
  #readField(field: DocumentField, value: unknown, depth: number): DocumentQuery {
    if (!isOperators(value)) return this.#equals(field, value);
    if (depth > QUERY_LIMITS.depth) throw new BadQuery(`is nested more than ${QUERY_LIMITS.depth} deep`);
    const of = Object.entries(value)
      .filter(([operator]) => operator !== '$options')
      .map(([operator, operand]) => this.#readOperator(field, { operator, operand, all: value, depth }));
    if (of.length === 0) throw new BadQuery('has $options without $regex');
    return { kind: 'all', of };
  }

  #readOperator(field: DocumentField, given: GivenOperator): DocumentQuery {
    const { operator, operand } = given;
    switch (operator) {
      case '$eq':
        return this.#equals(field, operand);
      case '$ne':
        return not(this.#equals(field, operand));
      case '$in':
        return this.#oneOf(field, operator, operand);
      case '$nin':
        return not(this.#oneOf(field, operator, operand));
      case '$exists':
        return this.#exists(field, operand);
      case '$regex':
        return this.#matches(field, given);
      case '$not':
        if (!isOperators(operand))
          throw new BadQuery(`expected operators for $not, got ${describeValue(operand)}`);
        return not(this.#readField(field, operand, given.depth + 1));
      default:
        return this.#compares(field, operator, operand);
    }
  }

  #equals(field: DocumentField, value: unknown): DocumentQuery {
    return this.#count({ kind: 'equals', field, value: this.#timely(field, value) });
  }

  /** Times are compared as such, so that they can be written in any of their forms. */
  #timely<Value>(field: DocumentField, value: Value): Value | string {
    if (field.kind !== 'time' || value === null) return value;
    const span = parseSearchDate(String(value), this.#seams.now);
    if (span === null)
      throw new BadQuery(`expected a time such as 2026-03-01T12:00:00Z, got ${describeValue(value)}`);
    return span.at.toISOString();
  }

  #oneOf(field: DocumentField, operator: string, operand: unknown): DocumentQuery {
    if (!Array.isArray(operand) || operand.length > QUERY_LIMITS.values)
      throw new BadQuery(
        `expected a list of at most ${QUERY_LIMITS.values} values for ${operator}, got ${describeValue(operand)}`,
      );
    const of = operand.map(
      (value): DocumentQuery => ({ kind: 'equals', field, value: this.#timely(field, value) }),
    );
    return this.#count({ kind: 'any', of });
  }

  #exists(field: DocumentField, operand: unknown): DocumentQuery {
    if (typeof operand !== 'boolean')
      throw new BadQuery(`expected true or false for $exists, got ${describeValue(operand)}`);
    const exists = this.#count({ kind: 'exists', field });
    return operand ? exists : not(exists);
  }

  #compares(field: DocumentField, operator: string, value: unknown): DocumentQuery {
    const comparison = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
    if (comparison === undefined)
      throw unknownOperator(operator, '$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $regex and $not');
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new BadQuery(`expected a number or a text for ${operator}, got ${describeValue(value)}`);
    return this.#count({ kind: 'compares', field, operator: comparison, value: this.#timely(field, value) });
  }

  #matches(field: DocumentField, { operand, all }: GivenOperator): DocumentQuery {
    const options = all['$options'] ?? '';
    if (field.kind === 'time') throw new BadQuery('has a $regex for a time; compare it with $gte and $lt');
    if (typeof operand !== 'string')
      throw new BadQuery(`expected a text for $regex, got ${describeValue(operand)}`);
    if (options !== '' && options !== 'i')
      throw new BadQuery(`expected "i" or "" for $options, got ${describeValue(options)}`);
    const problem = this.#seams.judgePattern(operand);
    if (problem !== null) throw new BadQuery(`has a $regex that ${problem}`);
    const isCaseless = options === 'i' || operand.startsWith('(?i)');
    return this.#count({ kind: 'matches', field, pattern: operand, isCaseless });
  }

  #count(query: DocumentQuery): DocumentQuery {
    this.#conditions += 1;
    if (this.#conditions > QUERY_LIMITS.conditions)
      throw new BadQuery(`has more than ${QUERY_LIMITS.conditions} conditions`);
    return query;
  }
}

interface GivenOperator {
  readonly operator: string;
  readonly operand: unknown;
  /** The object that the operator stands in. */
  readonly all: Readonly<Record<string, unknown>>;
  readonly depth: number;
}

const COMPARISONS: Readonly<Record<string, DocumentComparison>> = {
  $lt: '<',
  $lte: '<=',
  $gt: '>',
  $gte: '>=',
};

function isOperators(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.keys(value).some((name) => name.startsWith('$'));
}

function not(of: DocumentQuery): DocumentQuery {
  return { kind: 'not', of };
}

function unknownOperator(operator: string, known: string): BadQuery {
  return new BadQuery(
    `has the operator ${describeValue(operator)}, which is not supported; there are ${known}`,
  );
}
