import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Answer, jobEnd, registerApp, submitJob } from '../support/api.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { ADMIN_TOKEN } from '../support/service.ts';

let bed: FaultBed;
let appId: string;

/** Prints every value of the job as it arrived, each ended by NUL. */
const TEMPLATE = `{
  printf '%s\\0' \${text}
  printf '%s\\0' "\${AGAVE_JOB_NAME_RAW}" "\${data}"
} > seen
printf '%q ' \${text} \${data} \${AGAVE_JOB_NAME_RAW} > quoted
`;

before(async () => {
  bed = await FaultBed.open({
    system: { queues: [{ name: 'short', maxNodes: 2, maxRequestedTime: '01:00:00' }] },
  });
  appId = await registerApp(bed.api, bed.systems, {
    name: 'showing',
    template: TEMPLATE,
    inputs: [{ id: 'data', value: { required: true } }],
    parameters: [
      { id: 'text', value: { type: 'string' }, semantics: { maxCardinality: -1 } },
      { id: 'count', value: { type: 'number' } },
    ],
  });
  const home = join(bed.root, 'home');
  await writeFile(join(home, 'data.txt'), 'data');
  await mkdir(join(home, 'dir'));
  await symlink('/etc/passwd', join(home, 'link'));
  assert.equal(spawnSync('mkfifo', [join(home, 'fifo')]).status, 0);
});
after(() => bed[Symbol.asyncDispose]());

const request = (more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'bad input',
  appId,
  archive: false,
  inputs: { data: 'agave://store/data.txt' },
  ...more,
});

/** How many rows there are of everything that a submission writes. */
async function rowCounts(): Promise<unknown> {
  const { rows } = await bed.pool.query(`select
    (select count(*) from jobs) as jobs,
    (select count(*) from job_events) as events,
    (select count(*) from idempotency_keys) as keys,
    (select count(*) from graphile_worker._private_jobs) as tasks`);
  return rows[0];
}

/** The request is refused with that status, says why, and leaves nothing behind. */
async function checkRefused(
  title: string,
  status: number,
  ask: () => Promise<Pick<Answer, 'status' | 'body'>>,
) {
  const before = await rowCounts();
  const answer = await ask();
  assert.equal(answer.status, status, `${title}: ${JSON.stringify(answer.body)}`);
  assert.equal(answer.body.status, 'error', title);
  assert.ok((answer.body.message ?? '').length > 10, title);
  assert.deepEqual(await rowCounts(), before, title);
}

/** Sends bytes as they are. */
async function send(body: string | Uint8Array<ArrayBuffer>): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${bed.service(0).url}/jobs/v2`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

describe('a request that cannot be done is refused, and nothing of it is stored', () => {
  const refusals: readonly (readonly [string, number, Readonly<Record<string, unknown>>])[] = [
    ['an unknown app', 400, { appId: 'shwoing-1.0' }],
    ['no app', 400, { appId: undefined }],
    ['an empty name', 400, { name: '' }],
    ['a name of two lines', 400, { name: 'two\nlines' }],
    ['a name with NUL', 400, { name: 'nul\0' }],
    ['a number that is none', 400, { parameters: { count: 'many' } }],
    ['an object for a text', 400, { parameters: { text: { a: 1 } } }],
    ['a NUL in a value', 400, { parameters: { text: 'nul\0' } }],
    ['an unknown parameter', 400, { parameters: { nope: 1 } }],
    ['a missing input', 400, { inputs: {} }],
    ['an input that does not exist', 400, { inputs: { data: 'agave://store/none.txt' } }],
    ['an input through a link', 403, { inputs: { data: 'agave://store/link' } }],
    ['a pipe as an input', 403, { inputs: { data: 'agave://store/fifo' } }],
    ['an input outside of the system', 400, { inputs: { data: 'agave://store/../../etc/passwd' } }],
    ['an unknown queue', 400, { batchQueue: 'shrot' }],
    ['more nodes than a queue has', 400, { batchQueue: 'short', nodeCount: 3 }],
    ['more time than a queue gives', 400, { batchQueue: 'short', maxRunTime: '02:00:00' }],
    ['no nodes', 400, { nodeCount: 0 }],
    ['an archive path upwards', 400, { archive: true, archivePath: '../../out' }],
    ['a foreign execution system', 403, { executionSystem: 'nowhere' }],
  ];
  for (const [title, status, more] of refusals) {
    test(title, () => checkRefused(title, status, () => bed.api.request('POST', '/jobs/v2', request(more))));
  }

  const bytes = (text: string) => new TextEncoder().encode(text);
  const bodies: readonly (readonly [string, number, () => string | Uint8Array<ArrayBuffer>])[] = [
    ['a depth of 100,000', 400, () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'a deep value',
      400,
      () =>
        JSON.stringify(request()).replace(/}$/, `,"parameters":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`),
    ],
    ['__proto__', 400, () => JSON.stringify(request()).replace('{', '{"__proto__":{"owner":"bob"},')],
    [
      'invalid UTF-8',
      400,
      () => new Uint8Array([...bytes('{"name":"'), 0xff, 0xfe, ...bytes('","appId":"showing-1.0"}')]),
    ],
    ['half of a document', 400, () => JSON.stringify(request()).slice(0, -5)],
    ['no document', 400, () => ''],
    ['a list', 400, () => '[]'],
    [
      'a number beyond all numbers',
      400,
      () => JSON.stringify(request()).replace(/}$/, ',"nodeCount":1e400}'),
    ],
  ];
  for (const [title, status, body] of bodies) {
    test(`a body of ${title}`, () => checkRefused(title, status, () => send(body())));
  }

  test('a body of ten megabytes, which is not even read', async () => {
    const before = await rowCounts();
    const body = JSON.stringify(request({ parameters: { text: 'x'.repeat(10_000_000) } }));
    // The service answers and closes the connection; a client that is still sending may see only that.
    const status = await send(body).then(
      (answer) => answer.status,
      () => 413,
    );
    assert.equal(status, 413);
    assert.deepEqual(await rowCounts(), before);
  });

  test('the service answers as before', async () => {
    const job = await submitJob(bed.api, appId, request());
    assert.equal((await jobEnd(bed.api, job.id)).status, 'FINISHED');
  });
});

const PAYLOADS = [
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '${IFS}touch${IFS}pwned',
  '&& touch pwned #',
  '| touch pwned',
  '-oProxyCommand=touch pwned',
  '~ * ? [a-z] {a,b} !! !$',
  '\\$(touch pwned)\\',
  '${AGAVE_JOB_ID} ${data} ${AGAVE_JOB_CALLBACK_FINISHED}',
  '%s %n \\x41 \\u0041 \\0',
  ' leading and trailing ',
  'ä 𝄞 \u202e',
] as const;

/** Values that only a parameter can have. */
const PARAMETER_PAYLOADS = [
  ...PAYLOADS,
  '\n#SBATCH --uid=0\n$(touch pwned)',
  '\t\u0007\u001b[31m',
  '',
  'x'.repeat(10_000),
];

function findPwned(): readonly string[] {
  return [bed.root, process.cwd(), '/', bed.service(0).dataDirectory].flatMap((directory) =>
    readdirSync(directory, { recursive: directory === bed.root, encoding: 'utf8' }).filter((path) =>
      /(^|\/)pwned$/.test(path),
    ),
  );
}

/** The values that the program of a job saw. */
async function seenBy(id: string): Promise<readonly string[]> {
  const job = await jobEnd(bed.api, id);
  assert.equal(job.status, 'FINISHED', String(job.lastStatusMessage));
  const path = join(bed.root, String((await bed.row(id))['work_path']), 'seen');
  return readFileSync(path, 'utf8').split('\0').slice(0, -1);
}

describe('what a shell would act on reaches the program byte for byte', () => {
  test('in parameters, one by one and together', async () => {
    const lists = [...PARAMETER_PAYLOADS.map((text) => [text]), [...PAYLOADS]];
    const jobs = await Promise.all(
      lists.map((text) => submitJob(bed.api, appId, request({ parameters: { text } }))),
    );
    for (const [index, { id }] of jobs.entries()) {
      const texts = lists[index] ?? [];
      assert.deepEqual(await seenBy(id), [...texts, 'bad input', 'data.txt'], JSON.stringify(texts));
    }
    assert.deepEqual(findPwned(), []);
  });

  test('in the name of a job', async () => {
    for (const name of PAYLOADS.map((payload) => payload.trim().slice(0, 64))) {
      const { id } = await submitJob(bed.api, appId, request({ name, parameters: { text: 'x' } }));
      assert.deepEqual(await seenBy(id), ['x', name, 'data.txt'], name);
    }
    assert.deepEqual(findPwned(), []);
  });

  test('in the names of input files', async () => {
    for (const payload of PAYLOADS.filter((each) => !/[/;]/.test(each))) {
      await writeFile(join(bed.root, 'home', payload), 'data');
      const inputs = { data: `agave://store/${encodeURIComponent(payload)}` };
      const { id } = await submitJob(bed.api, appId, request({ inputs, parameters: { text: 'x' } }));
      assert.deepEqual(await seenBy(id), ['x', 'bad input', payload], payload);
    }
    assert.deepEqual(findPwned(), []);
  });
});
