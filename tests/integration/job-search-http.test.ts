import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  JOB_SEARCH_FIELD_NAMES,
  JOB_SEARCH_FIELDS,
  SEARCH_OPERATORS,
} from '../../packages/contract/src/index.ts';
import { type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';

const NOW = new Date('2026-03-10T12:00:00Z');

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed(() => ({ now: () => NOW }));
  await addSearchedJobs(bed.db, [
    {
      name: 'Alpha Plot',
      app_id: 'PyPlot-1.0',
      status: 'FINISHED',
      created_at: '2026-03-01T12:00:00.123456Z',
      start_time: '2026-03-01T12:10:00Z',
      end_time: '2026-03-01T14:10:00Z',
      node_count: 2,
      memory_per_node_gb: 0.5,
      max_run_time_seconds: 5_400,
      archive: true,
      local_id: '4711',
      work_path: '/scratch/ada/job-1-alpha',
      inputs: { data: ['agave://store/genome_1.fa'] },
    },
    {
      name: 'beta_100%',
      status: 'FAILED',
      last_message: 'Disk quota exceeded',
      created_at: '2026-03-02T00:00:00Z',
      end_time: '2026-03-02T00:00:10Z',
      node_count: 4,
      memory_per_node_gb: 16,
      batch_queue: null,
      submit_attempts: 3,
    },
    {
      name: 'beta-1000',
      status: 'RUNNING',
      created_at: '2026-03-09T13:00:00Z',
      execution_system: 'Big.Machine',
    },
    { name: "gamma '; drop table jobs; --", status: 'QUEUED', created_at: '2026-03-10T11:59:00Z' },
    { name: 'gone', visible: false, status: 'KILLED', end_time: '2026-03-03T00:00:00Z' },
    { name: 'bobs alpha', owner: 'bob', status: 'FINISHED', end_time: '2026-03-03T00:00:00Z' },
    { name: 'shared beta', owner: 'bob', status: 'STOPPED', end_time: '2026-03-04T00:00:00Z' },
  ]);
  await sql`insert into job_permissions (job_id, username, can_read, can_write, can_execute)
    values (${searchedJobId(7)}, 'ada', true, false, false)`.execute(bed.db);
});
after(() => bed.close());

async function list(query: string, as: BedUser = 'ada') {
  const answer = await bed.call('GET', `/jobs/v2?${query}`, { as });
  assert.equal(answer.status, 200, `${query}: ${answer.text}`);
  return answer.json.result as { id: string; name: string; status: string }[];
}

/** Numbers of the jobs that a search of ada's finds. */
async function numbers(query: string, as: BedUser = 'ada'): Promise<number[]> {
  return (await list(query, as)).map(({ id }) => Number(id.slice(16, 18))).toSorted((a, b) => a - b);
}

const ALL = [1, 2, 3, 4, 7];

/** Searches of ada's jobs, which are 1 to 4 and 7, and what they find. */
const FOUND: readonly (readonly [query: string, numbers: readonly number[]])[] = [
  ['', ALL],
  ['nonsense=1&nonsense.like=2&foo.bar.baz=3', ALL],
  // Texts.
  ['name=alpha plot', [1]],
  ['NAME.Eq=ALPHA PLOT', [1]],
  ['name.neq=Alpha Plot', [2, 3, 4, 7]],
  ['name.in=ALPHA PLOT,beta-1000', [1, 3]],
  ['name.nin=Alpha Plot,beta-1000', [2, 4, 7]],
  ['name.like=*beta*', [2, 3, 7]],
  ['name.like=BETA*', [2, 3]],
  ['name.like=*1000', [3]],
  ['name.like=beta', []],
  ['name.nlike=*beta*', [1, 4]],
  ['name.like=beta_1*', [2]],
  ['name.like=*100%25', [2]],
  ['name.like=%25', []],
  ['name.rlike=^(alpha|BETA).', [1, 2, 3]],
  ['name.rlike=\\bplot\\b', [1]],
  ['name.rlike=\\d{4}$', [3]],
  ["name=gamma '; drop table jobs; --", [4]],
  ['appid=pyplot-1.0', [1]],
  ['appId.like=py*', [1]],
  ['executionsystem=BIG.machine', [3]],
  ['systemid.eq=big.machine', [3]],
  ['batchqueue=normal', [1, 3, 4, 7]],
  ['batchqueue.neq=normal', [2]],
  ['remotequeue.nin=normal,long', [2]],
  ['tenantqueue=', ALL],
  [`id=${searchedJobId(2)}`, [2]],
  [`id.like=${searchedJobId(2)}`, [2]],
  ['id.like=174000000000000002*', [2]],
  ['id.like=17400000000000000*', ALL],
  ['errormessage.like=*QUOTA*', [2]],
  ['localid=4711', [1]],
  ['remotejobid.in=4711,4712', [1]],
  ['outputpath.like=ada/*', [1]],
  ['inputs.like=*genome_1*', [1]],
  ['inputs.like=*genomeX1*', []],
  ['parameters.like={}', ALL],
  ['owner=me', [1, 2, 3, 4]],
  ['owner=BOB', [7]],
  ['owner.neq=me', [7]],
  // Statuses.
  ['status=running', [3]],
  ['status.neq=RUNNING', [1, 2, 4, 7]],
  ['status.in=Running,queued', [3, 4]],
  ['status.nin=RUNNING,QUEUED,STOPPED', [1, 2]],
  ['status.like=*ed', [1, 2, 4, 7]],
  ['status.nlike=*ed', [3]],
  ['status.rlike=^(fin|sto)', [1, 7]],
  // Flags.
  ['archive=True', [1]],
  ['archive.eq=1', [1]],
  ['archive.eq=False', [2, 3, 4, 7]],
  ['archive.neq=true', [2, 3, 4, 7]],
  ['visible.eq=True', ALL],
  ['visible=false', [5]],
  ['archiveonapperror=true', []],
  // Numbers.
  ['nodecount=2', [1]],
  ['nodecount.neq=1', [1, 2]],
  ['nodecount.lt=2', [3, 4, 7]],
  ['nodecount.lte=2', [1, 3, 4, 7]],
  ['nodecount.gt=2', [2]],
  ['nodecount.gte=2', [1, 2]],
  ['nodecount.in=2,4', [1, 2]],
  ['nodecount.nin=2,4', [3, 4, 7]],
  ['nodecount.between=2,4', [1, 2]],
  ['nodecount.between=4', [2]],
  ['memorypernode=512MB', [1]],
  ['memorypernode.gte=0.5', [1, 2]],
  ['memorypernode=-1', [3, 4, 7]],
  ['submitretries=2', [2]],
  ['retries.lte=0', [1, 3, 4, 7]],
  ['blockedcount=0', ALL],
  ['charge.gte=0', []],
  ['maxruntime=01:30:00', [1]],
  ['maxruntime.lt=5400', []],
  ['maxhours.lte=1.5', [1]],
  ['runtime=7200', [1]],
  ['runtime.gt=01:59:59', [1]],
  ['runtime.between=1,8000', [1]],
  ['walltime.lt=60', [2]],
  ['failedstatuschecks=0&remotestatuschecks.lt=1', ALL],
  // Times; the first job was created a fraction of a second past noon.
  ['created=2026-03-01T12:00:00Z', [1, 7]],
  ['created=2026-03-01T06:00:00-06:00', [1, 7]],
  ['created=2026-03-01T06:00:00.5-0600', [1, 7]],
  ['created=2026-03-01', [1, 7]],
  ['created.neq=2026-03-01T12:00:00Z', [2, 3, 4]],
  ['created.on=2026-03-02', [2]],
  ['created.on=2026-03-02T18:00:00Z', [2]],
  ['created.before=2026-03-02', [1, 7]],
  ['created.lt=2026-03-02T00:00:00+00:00', [1, 7]],
  ['created.lte=2026-03-02', [1, 2, 7]],
  ['created.after=2026-03-02', [3, 4]],
  ['created.gt=2026-03-01T12:00:00.123Z', [2, 3, 4]],
  ['created.gte=2026-03-01T12:00:00.123Z', ALL],
  ['created.between=2026-03-01,2026-03-02', [1, 2, 7]],
  ['created.between=2026-03-02T00:00:00Z,2026-03-09T13:00:00Z', [2, 3]],
  ['created.between=2026-03-02', [2]],
  [`created.after=${Date.parse('2026-03-05T00:00:00Z')}`, [3, 4]],
  ['created.on=yesterday', [3]],
  ['created.on=today', [4]],
  ['created.after=3 days ago', [3, 4]],
  ['created.after=1 hour ago', [4]],
  ['created.after=last week', [3, 4]],
  ['created.before=now', ALL],
  ['created.before=tomorrow', ALL],
  ['ended.before=2026-03-02', [1]],
  ['endtime.neq=2026-03-02', [1, 3, 4, 7]],
  ['starttime.on=2026-03-01', [1]],
  ['lastmodified.after=2026-03-05&submittime.before=2026-03-10', [3]],
  // Several terms hold together, also those on one field.
  ['name.like=*a*&name.like=*beta*&status.in=RUNNING,FAILED', [2, 3]],
];

for (const [query, expected] of FOUND) {
  test(`a search for ${query || 'nothing'} finds ${expected.join(', ') || 'nothing'}`, async () => {
    // Percent signs are encoded already where they belong to the value.
    const encoded = query.replaceAll(' ', '%20').replaceAll('+', '%2B').replaceAll('\\', '%5C');
    assert.deepEqual(await numbers(encoded), expected);
  });
}

test('a plus sign that was not encoded still is part of an offset', async () => {
  assert.deepEqual(await numbers('created=2026-03-01T12:00:00+0000'), [1, 7]);
});

test('every operator that a field does not take is refused with the name of the parameter', async () => {
  const operators = [...new Set(Object.values(SEARCH_OPERATORS).flat())];
  for (const name of JOB_SEARCH_FIELD_NAMES) {
    const taken: readonly string[] = SEARCH_OPERATORS[JOB_SEARCH_FIELDS[name].type];
    for (const operator of [...operators, 'near']) {
      if (taken.includes(operator)) continue;
      const parameter = `${name.toLowerCase()}.${operator.toLowerCase()}`;
      const answer = await bed.call('GET', `/jobs/v2?${parameter}=1`, { as: 'ada' });
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'request.bad-query'], parameter);
      assert.equal(answer.json.errors[0].field, parameter);
      assert.match(answer.json.message, new RegExp(`${name.toLowerCase()}\\.`));
    }
  }
});

const REFUSED = [
  ['status.eq', 'faild', /did you mean "FAILED"/],
  ['status.in', 'RUNNING,NOPE', /expected a status/],
  ['nodecount.eq', 'two', /expected a whole number, got "two"/],
  ['nodecount.eq', '1.5', /expected a whole number/],
  ['nodecount.in', '1,', /expected a whole number/],
  ['nodecount.between', '1,2,3', /expected two values/],
  ['memorypernode.gt', 'much', /expected an amount of memory/],
  ['maxruntime.gt', '1:99:00', /expected a duration/],
  ['maxhours.gt', '01:00:00', /expected a number/],
  ['created.after', 'whenever', /expected a time such as/],
  ['created.after', '2026-02-31', /expected a time such as/],
  ['created.on', '', /expected a time such as/],
  ['created.between', 'today,tomorrow,now', /expected two values/],
  ['created.after', '999999999 years ago', /expected a time such as/],
  ['name.rlike', '(a', /is not a regular expression/],
  ['name.rlike', '(a)\\1', /is not a regular expression/],
  ['name.rlike', 'a(?=b)', /is not a regular expression/],
  ['name.rlike', 'x(?i:b)', /group that begins with \(\?/],
  ['name.rlike', '\\pL', /holds \\p/],
  ['name.rlike', '((a{99}){99}){99}', /too large|is not a regular expression/],
] as const;

for (const [parameter, value, message] of REFUSED) {
  test(`${parameter}=${value} is refused and the parameter named`, async () => {
    const answer = await bed.call('GET', `/jobs/v2?${parameter}=${encodeURIComponent(value)}`, { as: 'ada' });
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'request.bad-query'], answer.text);
    assert.equal(answer.json.errors[0].field, parameter);
    assert.match(answer.json.errors[0].message, message);
  });
}

test('what looks like SQL is only text, in values, fields, operators and orders', async () => {
  const evil = encodeURIComponent(`' or 1=1 --"\\; drop table jobs; select pg_sleep(5); $1 %s`);
  for (const field of JOB_SEARCH_FIELD_NAMES) {
    for (const operator of SEARCH_OPERATORS[JOB_SEARCH_FIELDS[field].type]) {
      const answer = await bed.call('GET', `/jobs/v2?${field}.${operator}=${evil}`, { as: 'ada' });
      assert.ok([200, 400].includes(answer.status), `${field}.${operator}: ${answer.text}`);
      if (answer.status === 200 && !/^N|flag/.test(operator + JOB_SEARCH_FIELDS[field].type))
        assert.deepEqual(answer.json.result, [], `${field}.${operator}`);
    }
  }
  for (const query of [`orderBy=${evil}`, `order=${evil}`, `name.${evil}=1`])
    assert.equal((await bed.call('GET', `/jobs/v2?${query}`, { as: 'ada' })).status, 400, query);
  assert.deepEqual(await numbers(`${evil}=1&id%22.eq=2`), ALL);
  assert.deepEqual(await numbers(''), ALL);
});

test('lists of values and numbers of terms have their limits', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(',');
  assert.deepEqual(await numbers(`nodecount.in=${many(500)}`), ALL);
  assert.equal((await bed.call('GET', `/jobs/v2?nodecount.in=${many(501)}`)).status, 400);
  const terms = Array.from({ length: 51 }, () => 'nodecount.gt=0').join('&');
  assert.match((await bed.call('GET', `/jobs/v2?${terms}`)).text, /at most 50 search parameters/);
});

test('administrators list their own jobs, and search those of everybody', async () => {
  assert.deepEqual(await numbers('', 'root'), []);
  assert.deepEqual(await numbers('limit=5&orderBy=name', 'root'), []);
  assert.deepEqual(await numbers('name.like=*alpha*', 'root'), [1, 6]);
  assert.deepEqual(await numbers('owner=bob', 'root'), [6, 7]);
  assert.deepEqual(await numbers('owner.in=BOB,ada,ada', 'root'), [1, 2, 3, 4, 6, 7]);
  assert.deepEqual(await numbers('status.in=FINISHED,finished,RUNNING', 'root'), [1, 3, 6]);
  assert.deepEqual(await numbers('visible=false', 'root'), [5]);
});

test('nobody else finds what is not shared with them, whatever they search for', async () => {
  for (const query of [
    '',
    'visible=false',
    'owner=ada',
    'name.like=*',
    'owner.neq=eve',
    `id=${searchedJobId(1)}`,
  ])
    assert.deepEqual(await numbers(query, 'eve'), [], query);
  assert.deepEqual(await numbers('name.like=*', 'bob'), [6, 7]);
});

test('every field that can be searched can be ordered by, in both directions, and the order is total', async () => {
  const ids = async (query: string) => (await list(query)).map(({ id }) => id);
  for (const field of JOB_SEARCH_FIELD_NAMES) {
    const names = [field, field.toUpperCase(), ...JOB_SEARCH_FIELDS[field].aliases];
    for (const order of ['ASC', 'descending']) {
      const whole = await ids(`orderBy=${field}&order=${order}`);
      assert.equal(whole.length, ALL.length, field);
      for (const name of names) assert.deepEqual(await ids(`sortBy=${name}&sort=${order}`), whole, name);
      const paged = [];
      for (let offset = 0; offset < 5; offset += 2)
        paged.push(...(await ids(`orderBy=${field}&order=${order}&limit=2&offset=${offset}`)));
      assert.deepEqual(paged, whole, field);
    }
  }
});

test('texts are ordered without regard to case, and jobs without a value come last', async () => {
  const names = async (query: string) => (await list(query)).map(({ name }) => name);
  assert.deepEqual(await names('orderBy=name&name.rlike=^(alpha|beta)'), [
    'Alpha Plot',
    'beta-1000',
    'beta_100%',
  ]);
  assert.equal((await names('orderBy=endTime&order=DESC'))[0], 'shared beta');
  assert.equal((await names('orderBy=endTime&order=ASC'))[0], 'Alpha Plot');
});

test('an order or a field that is not known is refused, all else about paging stays lenient', async () => {
  for (const [query, field] of [
    ['orderBy=nonsense', 'orderBy'],
    ['order=sideways', 'order'],
  ]) {
    const answer = await bed.call('GET', `/jobs/v2?${query}`, { as: 'ada' });
    assert.deepEqual([answer.status, answer.json.errors[0].field], [400, field]);
  }
  assert.deepEqual(await numbers('limit=abc&offset=-0&pretty=true'), ALL);
  assert.equal((await list('limit=-2')).length, 2);
});

test('pages by a field that does not change keep their jobs while others change, come and end', async () => {
  const page = async (offset: number) =>
    (await list(`orderBy=created&order=asc&limit=1&offset=${offset}`)).map(({ id }) => id);
  const before = (await list('orderBy=created&order=asc')).map(({ id }) => id);
  const seen: string[] = [];
  for (let offset = 0; offset < before.length; offset += 1) {
    seen.push(...(await page(offset)));
    await addSearchedJobs(
      bed.db,
      [{ name: `new ${offset}`, owner: 'ada', created_at: '2026-03-10T11:59:30Z' }],
      20 + offset,
    );
    await sql`update jobs set last_updated = clock_timestamp(), status = 'ARCHIVING', end_time = null
      where id = ${before[offset]}`.execute(bed.db);
  }
  assert.deepEqual(seen, before);
  await sql`delete from jobs where name like 'new %'`.execute(bed.db);
});
