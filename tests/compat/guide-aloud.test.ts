import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { jobEnd, registerApp } from '../support/api.ts';
import { type CompatBed, startCompatBed } from './compat-bed.ts';
import {
  GUIDE_COMMANDS,
  GUIDE_HISTORY,
  GUIDE_LEAVES_OUT,
  GUIDE_PROGRESS,
  JOB_KEYS,
  LINK_NAMES,
} from './guide-commands.ts';
import { findMisfits } from './shape.ts';

const run = promisify(execFile);

let bed: CompatBed;
let jobId: string;
before(async () => {
  bed = await startCompatBed();
  jobId = await runGuideJob();
});
after(() => bed?.[Symbol.asyncDispose]());

/** The job of the guide's examples: one input, two parameters, not archived. */
async function runGuideJob(): Promise<string> {
  const systems = { root: bed.root, storage: 'store', execution: 'local' };
  const appId = await registerApp(bed.user, systems, {
    name: 'samtools',
    template: 'cat ${inputBam} > sorted.bam\n',
    inputs: [{ id: 'inputBam' }],
    parameters: [
      { id: 'nameSort', value: { type: 'bool' } },
      { id: 'maxMemSort', value: { type: 'number' } },
    ],
  });
  const { id } = await bed.user.call<{ id: string }>('POST', '/jobs/v2', {
    name: 'demo-pyplot-demo-advanced test-1414139896',
    appId,
    archive: false,
    memoryPerNode: 1,
    maxRunTime: '01:00:00',
    inputs: { inputBam: 'agave://store/pat/words.txt' },
    parameters: { nameSort: true, maxMemSort: 800_000_000 },
  });
  assert.equal((await jobEnd(bed.user, id)).status, 'FINISHED');
  return id;
}

/** Types the command, as it stands in the guide but for the host. */
async function type(command: string) {
  const here = command.replaceAll('https://agave.iplantc.org', bed.url);
  const { token = '' } = bed.names;
  const environment = { PATH: process.env['PATH'] ?? '', ACCESS_TOKEN: token, JOB_ID: jobId };
  const { stdout } = await run('bash', ['-c', here], { env: environment });
  return JSON.parse(stdout);
}

for (const { section, command, answer } of GUIDE_COMMANDS) {
  const target = command.slice(command.indexOf('/jobs/v2'));
  test(`${section}: what curl prints for ${target} has the keys and types of the guide`, async () => {
    assert.deepEqual(findMisfits(answer, await type(command)), []);
  });
}

const [list, show, status, history] = GUIDE_COMMANDS.map(({ command }) => command);

test('Polling: a job has the keys of the guide in their order', async () => {
  const { result: job } = await type(show ?? '');
  const keys = Object.keys(job).filter((key) => JOB_KEYS.includes(key));
  assert.deepEqual(keys, JOB_KEYS);
  assert.deepEqual(Object.keys(job._links), LINK_NAMES);
});

test('Polling: showing a job says what submitting it said, the list less and the status least', async () => {
  const body = {
    name: 'again',
    appId: 'wc-1.0',
    archive: false,
    inputs: { query1: 'agave://store/pat/words.txt' },
  };
  const submitted = await bed.user.call<Readonly<Record<string, unknown>>>('POST', '/jobs/v2', body);
  const { result: shown } = await type(show ?? '');
  assert.deepEqual(Object.keys(submitted).toSorted(), Object.keys(shown).toSorted());
  const [row] = (await type(list ?? '')).result;
  assert.ok(Object.keys(row).length < Object.keys(shown).length);
  assert.ok(Object.keys((await type(status ?? '')).result).length < Object.keys(row).length);
});

test('Polling: every link of a job leads somewhere', async () => {
  const { result: job } = await type(show ?? '');
  for (const name of LINK_NAMES) {
    const { href } = job._links[name];
    assert.ok(href.startsWith(`${bed.url}/`), href);
    const target = href.slice(bed.url.length);
    const headers = { authorization: `Bearer ${bed.names['token']}` };
    const answer = await bed.send({ method: 'GET', target, headers });
    assert.equal(answer.status, 200, `${name}: ${target} ${answer.text}`);
  }
});

test('Polling, the history of a job: the entries of the guide are there in its words and order', async () => {
  const { result } = await type(history ?? '');
  const entries = result.filter((entry: { status: string }) => !GUIDE_LEAVES_OUT.includes(entry.status));
  assert.deepEqual(
    entries.map((entry: { status: string }) => entry.status),
    GUIDE_HISTORY.map(([name]) => name),
  );
  for (const [index, [, description]] of GUIDE_HISTORY.entries()) {
    const said = entries[index].description;
    if (typeof description === 'string') assert.equal(said, description);
    else assert.match(said, description);
  }
  assert.deepEqual(findMisfits(GUIDE_PROGRESS, entries[4].progress), []);
});
