import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFilter, renderFilter } from './filter-grammar.ts';
import { FILTER_KEYS, type FilterKey } from './filter-keys.ts';
import { parseJobSearch } from './job-search.ts';
import { jobListQuerySchema } from './job-search-query.ts';

const now = new Date('2026-03-10T12:00:00Z');

function queryOf(text: string): Readonly<Record<string, string>> {
  const parsed = parseFilter(text, { now, username: 'ada' });
  assert.ok(parsed.ok, `${text}: ${JSON.stringify(parsed)}`);
  return parsed.value.query;
}

test('the example of the guide compiles to the parameters of the API', () => {
  const text =
    'status:failed,killed app:pyplot* system:stampede owner:me created:>7d ran:>2h name~"rna seq" -status:finished -archived sort:-created limit:50';
  assert.deepEqual(queryOf(text), {
    'status.in': 'FAILED,KILLED',
    'appId.like': 'pyplot*',
    'executionSystem.eq': 'stampede',
    'owner.eq': 'ada',
    'created.gt': '2026-03-03T12:00:00.000Z',
    'runTime.gt': '7200',
    'name.like': '*rna seq*',
    'status.neq': 'FINISHED',
    'archive.eq': 'false',
    orderBy: 'created',
    order: 'DESC',
    limit: '50',
  });
});

const COMPILED: readonly (readonly [text: string, query: Readonly<Record<string, string>>])[] = [
  ['', {}],
  ['  \t ', {}],
  ['rna seq', { 'name.like': '*rna*seq*' }],
  ['"rna seq" Final', { 'name.like': '*rna seq*Final*' }],
  ['-draft', { 'name.nlike': '*draft*' }],
  ['"archived"', { 'name.like': '*archived*' }],
  ['archived', { 'archive.eq': 'true' }],
  ['deleted', { 'visible.eq': 'false' }],
  ['-deleted', { 'visible.eq': 'true' }],
  ['1674389564419740136-24', { 'id.like': '1674389564419740136-24*' }],
  ['2026', { 'name.like': '*2026*' }],
  ['STATUS:Running', { 'status.eq': 'RUNNING' }],
  ['status:*ed', { 'status.like': '*ed' }],
  ['-status:failed -status:killed,stopped', { 'status.nin': 'FAILED,KILLED,STOPPED' }],
  ['-app:blast*', { 'appId.nlike': 'blast*' }],
  ['name:"a, b*"', { 'name.eq': 'a, b*' }],
  [String.raw`name:"say \"hi\" \\"`, { 'name.eq': String.raw`say "hi" \ `.trim() }],
  ['name:"a b",c', { 'name.in': 'a b,c' }],
  ['owner:bob,me', { 'owner.in': 'bob,ada' }],
  ['appId:x', { 'appId.eq': 'x' }],
  ['localId~47', { 'localId.like': '*47*' }],
  ['archive:true', { 'archive.eq': 'true' }],
  ['created:today', { 'created.on': '2026-03-10' }],
  ['created:>=yesterday', { 'created.gte': '2026-03-09' }],
  ['-created:2026-03-01', { 'created.neq': '2026-03-01' }],
  ['-created:>1w', { 'created.lte': '2026-03-03T12:00:00.000Z' }],
  [
    'created:>2w created:<1h30m',
    { 'created.gt': '2026-02-24T12:00:00.000Z', 'created.lt': '2026-03-10T10:30:00.000Z' },
  ],
  ['created:>"3 days ago"', { 'created.gt': '2026-03-07T12:00:00.000Z' }],
  ['updated:2026-03-01T10:00:00Z', { 'lastUpdated.eq': '2026-03-01T10:00:00.000Z' }],
  ['ended:2026-03-01..7d', { 'endTime.between': '2026-03-01,2026-03-03T12:00:00.000Z' }],
  ['ran:01:30:00', { 'runTime.eq': '01:30:00' }],
  ['took:1h..1d', { 'wallTime.between': '3600,86400' }],
  ['nodes:>=4 nodes:<8', { 'nodeCount.gte': '4', 'nodeCount.lt': '8' }],
  ['nodes:1,2 -retries:0', { 'nodeCount.in': '1,2', 'retries.neq': '0' }],
  ['memory:>16GB', { 'memoryPerNode.gt': '16GB' }],
  ['sort:ran', { orderBy: 'runTime', order: 'ASC' }],
  ['sort:-lastUpdated', { orderBy: 'lastUpdated', order: 'DESC' }],
];

for (const [text, query] of COMPILED) {
  test(`${text || 'an empty filter'} compiles to ${JSON.stringify(query)}`, () => {
    assert.deepEqual(queryOf(text), query);
  });
}

const REFUSED: readonly (readonly [text: string, position: number, message: string])[] = [
  ['created:>7x', 10, "created:>7x ← unknown unit 'x' (use s m h d w)"],
  ['status:failed  created:>7x limit:5', 25, "created:>7x ← unknown unit 'x' (use s m h d w)"],
  ['created:>7', 10, 'created:>7 ← the unit is missing (use s m h d w)'],
  ['created:7d', 8, 'created:7d ← is one second: use created:>7d for all since then'],
  ['created:>soon', 9, "created:>soon ← expected a time such as 7d, 2026-03-01 or today, got 'soon'"],
  ['created:>99999999w', 9, 'created:>99999999w ← is before all jobs: use a shorter time'],
  ['created~x', 8, 'created~x ← created is no text: use : or :>'],
  ['tag:x', 0, 'tag:x ← jobs have no tags to filter by'],
  ['-stauts:failed', 1, `-stauts:failed ← unknown key 'stauts'; did you mean "status"?`],
  ['status:faild', 7, `status:faild ← unknown status 'faild'; did you mean "FAILED"?`],
  ['status:failed,nope', 14, "status:failed,nope ← unknown status 'nope'"],
  ['status:>failed', 8, 'status:>failed ← status has no order: use status:value or status~part'],
  ['status:', 7, 'status: ← a value is missing'],
  ['app:a,', 6, 'app:a, ← a value is missing'],
  ['app:a*,b', 4, 'app:a*,b ← a value with * stands alone'],
  ['app:"a,b",c', 4, 'app:"a,b",c ← a value of a list cannot hold a comma'],
  ['name~a,b', 7, 'name~a,b ← expected one value after ~'],
  ['x name~"rna', 7, 'name~"rna ← the quotation mark has no partner'],
  ['name:"a"b', 8, 'name:"a"b ← expected a blank after the quotation mark'],
  [
    'status:failed status:killed',
    14,
    'status:killed ← is given twice: separate values with commas, or leave one out',
  ],
  ['rna name~seq', 4, 'name~seq ← is given twice: separate values with commas, or leave one out'],
  ['limit:1000', 6, "limit:1000 ← expected a number from 1 to 250, got '1000'"],
  ['-limit:5', 0, '-limit:5 ← limit cannot be turned round'],
  ['sort:-nothing', 6, "sort:-nothing ← jobs cannot be sorted by 'nothing'"],
  ['archived:yes', 9, 'archived:yes ← stands alone: archived or -archived'],
  ['nodes:many', 6, "nodes:many ← expected a whole number, got 'many'"],
  ['-nodes:1..2', 0, '-nodes:1..2 ← a range cannot be turned round: use < or >'],
  ['-', 1, '- ← a word is missing'],
];

for (const [text, position, message] of REFUSED) {
  test(`${text} is refused at character ${position}`, () => {
    assert.deepEqual(parseFilter(text, { now }), { ok: false, problem: { position, message } });
  });
}

test('without a name of the caller, me is left to the service', () => {
  const parsed = parseFilter('owner:me', { now });
  assert.deepEqual(parsed.ok && parsed.value.query, { 'owner.eq': 'me' });
});

test('terms tell where they stand and what they became', () => {
  const parsed = parseFilter('rna  -app:a,"b c"', { now });
  assert.deepEqual(
    parsed.ok &&
      parsed.value.terms.map(({ start, end, text, parameters }) => ({ start, end, text, parameters })),
    [
      { start: 0, end: 3, text: 'rna', parameters: ['name.like'] },
      { start: 5, end: 17, text: '-app:a,"b c"', parameters: ['appId.nin'] },
    ],
  );
});

test('the examples of all keys can be used, and what they become the API understands', () => {
  for (const [name, { example }] of Object.entries<FilterKey>(FILTER_KEYS)) {
    const query = queryOf(example);
    assert.ok(parseJobSearch(query, { now }).ok, name);
    assert.ok(jobListQuerySchema.safeParse(query).success, name);
  }
});

const piece = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '-',
    '"',
    '\\',
    ':',
    '~',
    '>',
    '>=',
    '<',
    ',',
    '*',
    '..',
    ' ',
    '7d',
    '1h30m',
    'today',
    '2026-03-01',
  ),
  fc.constantFrom('failed', 'RUNNING', 'me', '01:30:00', '16GB', '5', '"a b"', String.raw`"\""`),
  fc.constantFrom(...Object.keys(FILTER_KEYS)),
);
const likelyTerm = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom(...Object.keys(FILTER_KEYS), 'appId'),
    fc.constantFrom(':', '~', ':>', ':<='),
    fc.constantFrom(
      'failed',
      'a*',
      'a,b',
      '"a b"',
      '7d',
      'today',
      '5',
      '1h',
      '16GB',
      'created',
      '-ran',
      '2..3',
    ),
  )
  .map((parts) => parts.join(''));
const filters = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  fc
    .array(fc.oneof(likelyTerm, fc.string({ minLength: 1 })), { maxLength: 5 })
    .map((terms) => terms.join(' ')),
);

test('any text is a filter or has a problem at one of its characters', () => {
  fc.assert(
    fc.property(filters, (text) => {
      const parsed = parseFilter(text, { now });
      if (!parsed.ok) {
        assert.ok(parsed.problem.position >= 0 && parsed.problem.position <= text.length);
        return assert.match(parsed.problem.message, / ← ./s);
      }
      const search = parseJobSearch(parsed.value.query, { now });
      assert.ok(search.ok, JSON.stringify([text, search]));
    }),
    { numRuns: 2_000 },
  );
});

test('a filter that is rendered from its terms is the same filter', () => {
  fc.assert(
    fc.property(filters, (text) => {
      const parsed = parseFilter(text, { now });
      if (!parsed.ok) return;
      const again = parseFilter(renderFilter(parsed.value.terms), { now });
      assert.deepEqual(again.ok && again.value.query, parsed.value.query, text);
    }),
    { numRuns: 2_000 },
  );
});

test('a text of any length ends', () => {
  const started = performance.now();
  for (const part of ['"', '\\', '-', 'a:', '1h', 'a,', '<', ' x', '*'])
    parseFilter(part.repeat(100_000), { now });
  assert.ok(performance.now() - started < 2_000);
  assert.equal(parseFilter('x'.repeat(1_001), { now }).ok, false);
});
