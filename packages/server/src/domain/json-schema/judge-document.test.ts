import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPatternProblem, findsMatch } from '../validator.ts';
import { findSchemaProblems } from './check-schema.ts';
import { judgeDocument } from './judge-document.ts';

function judge(schema: unknown, value: unknown): string[] | string {
  assert.deepEqual(findSchemaProblems(schema, findPatternProblem), [], JSON.stringify(schema));
  const verdict = judgeDocument(schema, { field: 'value', value }, { findsMatch });
  return verdict.kind === 'differs'
    ? verdict.problems.map(({ field, message }) => `${field} ${message}`)
    : verdict.kind;
}

/** Schemas, each with values that follow it and values that do not. */
const CASES: readonly (readonly [schema: unknown, follow: readonly unknown[], differ: readonly unknown[]])[] =
  [
    [true, [1, null], []],
    [false, [], [1, null]],
    [{}, [1, 'x', {}], []],
    [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', null]],
    [{ type: ['string', 'null'] }, ['x', null], [1, false]],
    [{ type: 'object' }, [{}], [[], null]],
    [{ enum: [1, 'a', { x: [1] }] }, [1, 'a', { x: [1] }], [2, { x: [2] }, 'b']],
    [{ const: { a: 1, b: 2 } }, [{ b: 2, a: 1 }], [{ a: 1 }]],
    [{ minimum: 1, maximum: 3 }, [1, 3, 'text'], [0.9, 3.1]],
    [{ exclusiveMinimum: 1, exclusiveMaximum: 3 }, [2], [1, 3]],
    [{ minimum: 1, exclusiveMinimum: true }, [1.1], [1]],
    [{ multipleOf: 0.1 }, [0.3, 7, -1.1, 123_456_789.1], [0.35, 1.000_000_000_1]],
    [{ multipleOf: 2 }, [10_000_000_000, 1e300, 0], [10_000_000_001, 9_007_199_254_740_991]],
    [{ minLength: 2, maxLength: 3 }, ['ab', '🧶🧶'], ['a', '🧶', 'abcd']],
    [{ pattern: '^[a-z]+$' }, ['abc', 7], ['ABC', '']],
    [
      { format: 'date-time' },
      ['2026-03-01T09:30:00Z', '2016-12-31T23:59:60Z', 7],
      ['2026-03-01', '2026-13-01T09:30:00Z', '2026-00-01T09:30:00Z'],
    ],
    [{ format: 'date' }, ['2026-12-31'], ['2026-12-00', '2026-00-12']],
    [{ format: 'ipv4' }, ['192.0.2.1'], ['192.0.2', '192.0.2.1.', '300.1.1.1']],
    [{ format: 'hostname' }, ['not checked at all'], []],
    [{ items: { type: 'number' }, minItems: 1, maxItems: 2 }, [[1], [1, 2], 'x'], [[], [1, 'a'], [1, 2, 3]]],
    [{ items: [{ type: 'number' }], additionalItems: false }, [[1], []], [['a'], [1, 2]]],
    [{ prefixItems: [{ type: 'number' }], items: { type: 'string' } }, [[1, 'a']], [[1, 2]]],
    [
      { uniqueItems: true },
      [[1, '1', [1]]],
      [
        [1, 1],
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [{ contains: { type: 'null' }, maxContains: 1 }, [[null, 1]], [[], [null, null]]],
    [{ contains: { type: 'null' }, minContains: 0 }, [[]], []],
    [{ required: ['a'], properties: { a: { type: 'number' } } }, [{ a: 1, b: 2 }, []], [{}, { a: 'x' }]],
    [
      { properties: { a: {} }, patternProperties: { '^x-': {} }, additionalProperties: false },
      [{ a: 1, 'x-b': 2 }],
      [{ b: 1 }],
    ],
    [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: 'x' }]],
    [{ propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
    [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 1 }]],
    [
      { dependencies: { a: ['b'], c: { required: ['d'] } } },
      [
        { a: 1, b: 1 },
        { c: 1, d: 1 },
      ],
      [{ a: 1 }, { c: 1 }],
    ],
    [{ dependentRequired: { a: ['b'] } }, [{}], [{ a: 1 }]],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1.5], [3]],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['x', 6], [1]],
    [{ oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] }, [2, 3], [6, 5]],
    [{ not: { type: 'string' } }, [1], ['x']],
    [
      JSON.parse('{"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"type": "integer"}}'),
      [20, 3],
      [15, 1.5],
    ],
    [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'number' } } }, [1], ['x']],
    [
      {
        $id: 'https://example.org/s',
        $ref: 'https://example.org/s#n',
        $defs: { n: { $anchor: 'n', type: 'null' } },
      },
      [null],
      [1],
    ],
    [{ $ref: '#/$defs/n', maximum: 5, $defs: { n: { type: 'number' } } }, [5], [6, 'x']],
    [
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        properties: { a: { $ref: '#/definitions/n', maximum: 5 } },
        definitions: { n: { type: 'number' } },
      },
      [{ a: 6 }],
      [{ a: 'x' }],
    ],
    [
      { properties: { next: { $ref: '#' }, n: { type: 'number' } } },
      [{ n: 1, next: { n: 2, next: {} } }],
      [{ next: { next: { n: 'x' } } }],
    ],
    [
      JSON.parse('{"properties": {"__proto__": {"type": "number"}, "constructor": {"type": "number"}}}'),
      [{}],
      [JSON.parse('{"__proto__": "x"}')],
    ],
  ];

test('values follow a schema, or do not, as its drafts say', () => {
  for (const [schema, follow, differ] of CASES) {
    for (const value of follow)
      assert.equal(judge(schema, value), 'follows', JSON.stringify([schema, value]));
    for (const value of differ)
      assert.ok(Array.isArray(judge(schema, value)), JSON.stringify([schema, value]));
  }
});

test('what differs is told with its place, all of it at once', () => {
  const schema = {
    type: 'object',
    required: ['species'],
    properties: { size: { minimum: 0 }, samples: { items: { type: 'string' } } },
    additionalProperties: false,
  };
  assert.deepEqual(judge(schema, { size: -1, samples: ['a', 2], colour: 'green' }), [
    'value.species is required',
    'value.size expected at least 0, got -1',
    'value.samples.1 expected string, got 2 (number)',
    'value.colour is not among the properties of the schema',
  ]);
});

/** Doubles with each level. */
const bomb = Object.fromEntries(
  Array.from({ length: 40 }, (_, level) => {
    const next = { $ref: `#/$defs/l${level + 1}` };
    return [`l${level}`, level === 39 ? {} : { allOf: [next, next] }];
  }),
);

test('no schema gets more work than a document is worth', () => {
  const long = 'a'.repeat(200_000);
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const names = numbers.map(String);
  for (const [schema, value] of [
    [{ $ref: '#' }, 1],
    [{ allOf: [{ $ref: '#' }] }, 1],
    [{ $ref: '#/$defs/l0', $defs: bomb }, 1],
    [{ allOf: Array.from({ length: 50 }, () => ({ pattern: '^(a+)+$' })) }, `${long}!`],
    [{ allOf: numbers.slice(0, 4_000).map(() => ({ minLength: 1 })) }, long],
    [{ items: { allOf: [{ pattern: '[a-z]{1,290}q' }, { pattern: '[a-z]{1,291}q' }] } }, names.slice(0, 100)],
    [{ items: { enum: names } }, numbers],
    [{ items: { required: names } }, numbers.map(() => ({}))],
    [{ items: { uniqueItems: true } }, [numbers.map((index) => `${index}${long.slice(0, 100)}`)]],
  ] as const)
    assert.equal(judge(schema, value), 'too-much');
});

test('documents of an ordinary size are far from the limit', () => {
  const row = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => [name, 1]));
  const properties = Object.fromEntries(
    Object.keys(row).map((name) => [name, { type: 'number', minimum: 0 }]),
  );
  const schema = { type: 'array', items: { type: 'object', required: Object.keys(row), properties } };
  assert.equal(
    judge(
      schema,
      Array.from({ length: 3_000 }, () => row),
    ),
    'follows',
  );
});

test('a schema by which nothing can be judged is refused with the place of the reason', () => {
  for (const [schema, field, message] of [
    [
      { properties: { a: { $ref: 'https://example.org/schema.json' } } },
      'properties.a.$ref',
      /others are not fetched/,
    ],
    [{ $ref: '#/definitions/none' }, '$ref', /expected a place in this schema/],
    [{ $ref: 'file:///etc/passwd' }, '$ref', /not fetched/],
    [{ $ref: '#/constructor/prototype' }, '$ref', /expected a place/],
    [{ type: 'text' }, 'type', /expected one of null, boolean/],
    [{ properties: { a: { required: true } } }, 'properties.a.required', /expected a list/],
    [{ items: { minimum: '1' } }, 'items.minimum', /expected a number/],
    [{ multipleOf: 0 }, 'multipleOf', /above 0/],
    [{ pattern: '(?=a)' }, 'pattern', /cannot be|is not a regular expression/],
    [{ patternProperties: { '(a)\\1': {} } }, 'patternProperties.(a)\\1', /is not a regular expression/],
    [{ unevaluatedProperties: false }, 'unevaluatedProperties', /not supported/],
    [{ $defs: { a: { $id: 'https://example.org/a' } } }, '$defs.a.$id', /at the top/],
    [{ anyOf: [1] }, 'anyOf.0', /expected a schema/],
    [{ $ref: '#/examples/0', examples: [{ minimum: 'x' }] }, '$ref.minimum', /expected a number/],
  ] as const) {
    const [problem] = findSchemaProblems(schema, findPatternProblem);
    assert.equal(problem?.field, field, JSON.stringify(schema));
    assert.match(problem?.message ?? '', message);
  }
  const large = { allOf: Array.from({ length: 20 }, (_, index) => ({ pattern: `[a-z]{1,${250 + index}}` })) };
  assert.match(findSchemaProblems(large, findPatternProblem)[0]?.message ?? '', /too large together/);
  const many = { allOf: Array.from({ length: 200 }, (_, index) => ({ pattern: `a${index}` })) };
  assert.match(
    findSchemaProblems(many, findPatternProblem)[0]?.message ?? '',
    /more than 100 regular expressions/,
  );
});
