import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { runCommand } from '../support/command-line.ts';
import { type FakeAnswer, type FakeService, startFakeService, success } from '../support/fake-service.ts';
import { shownJob } from '../support/shown-job.ts';
import { showOnScreen } from '../support/terminal-screen.ts';

/** What a terminal shows is kept in files; `node --test --test-update-snapshots` writes them anew. */
const GOLDEN = join(import.meta.dirname, 'golden');

const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS - 2_000).toISOString();

const job = (number: number, minutes: number, changes: Parameters<typeof shownJob>[0]) =>
  shownJob({
    ...changes,
    id: `00000000000000000${number}-0000000${number}-0000-007` as ReturnType<typeof shownJob>['id'],
    created: ago(minutes),
    startTime: ago(minutes - minutes / 10),
    endTime: ago(minutes - minutes / 5),
  });

const jobs = () => [
  job(1, 3, { name: 'rna-seq-42-of-the-second-sample-with-a-name-that-is-far-too-long', status: 'RUNNING' }),
  job(2, 12, { name: 'queued', status: 'QUEUED' }),
  job(3, 70, { name: '数列データの処理', status: 'STAGING_INPUTS' }),
  job(4, 1_500, { name: 'fine', status: 'FINISHED' }),
  job(5, 3_000, { name: 'broken', status: 'FAILED', message: 'The program ended with code 3' }),
  job(6, 9_000, { name: 'ended', status: 'STOPPED' }),
  job(7, 1, { name: 'ending', status: 'RUNNING', stopRequested: true }),
];

/** Entries of a history one after the other, as far apart as a test can expect on its screen. */
const history = () => {
  const entry = (seq: number, status: string, minutes: number, description: string) => ({
    id: `00000000000000000${seq}-0000000${seq}-0000-028`,
    seq,
    status,
    description,
    createdBy: 'ada',
    created: ago(minutes),
  });
  return [
    entry(1, 'PENDING', 3_000, 'Job accepted and queued for submission.'),
    entry(2, 'STAGING_INPUTS', 2_990, 'Staging files to system'),
    entry(3, 'SUBMITTING', 2_988, 'Preparing job for execution'),
    entry(4, 'QUEUED', 2_987, 'Job successfully placed into queue'),
    entry(5, 'RUNNING', 2_900, 'Job started running'),
    entry(6, 'FAILED', 2_840, 'The program ended with code 3'),
  ];
};

/** Files with names that want to do more than be read. */
const files = () =>
  [
    ['.', 'dir', 0],
    ['alignments', 'dir', 0],
    [
      'reads-of-the-second-sample-with-a-name-that-is-far-too-long-to-fit-into-a-line.fastq.gz',
      'file',
      3_212_254_720,
    ],
    ['notes\x1b[2J\u202etxt.md', 'file', 812],
    ['数列.tsv', 'file', 64_000],
    ['unknown', 'file', -1],
  ].map(([name, type, length]) => ({
    name,
    type,
    length,
    path: name === '.' ? '/home/ada' : `/home/ada/${name}`,
    lastModified: ago(12),
    system: 'store',
  }));

function answer({ url }: { readonly url: string }): FakeAnswer {
  const path = new URL(url, 'http://service.test').pathname;
  const [, , , id = '', what = ''] = path.split('/');
  if (path.startsWith('/files/v2/listings')) return success(files());
  if (path === '/jobs/v2') return success(jobs());
  if (what === 'history') return success(history());
  if (path.includes('/outputs/media/'))
    return { headers: { 'content-type': 'text/plain' }, body: 'no such thing\n' };
  if (what === 'outputs') {
    return success([{ name: `broken-${id}.err`, path: `/broken-${id}.err`, type: 'file', length: 14 }]);
  }
  return success(jobs().find((each) => each.id === id));
}

let service: FakeService;
before(async () => {
  service = await startFakeService(answer);
});
after(() => service[Symbol.asyncDispose]());

/** Where the output goes, and what the environment says about it. */
const MODES = {
  terminal: {},
  'no-color': { NO_COLOR: '1' },
  'clicolor-0': { CLICOLOR: '0' },
  'term-dumb': { TERM: 'dumb' },
  accessible: { ACCESSIBLE: '1' },
  'not-utf-8': { LANG: 'C' },
} as const;

const snapshot = (context: TestContext, text: string, name: string) =>
  context.assert.fileSnapshot(text, join(GOLDEN, `${name}.txt`), { serializers: [String] });

for (const [mode, environment] of Object.entries(MODES)) {
  test(`a listing on a terminal of 80 columns, ${mode}, looks as it always did`, async (context) => {
    const { code, text } = await showOnScreen(['jobs', 'list'], { url: service.url, environment });
    assert.equal(code, 0, text);
    snapshot(context, text, `jobs-list-${mode}`);
  });
}

test('a failed job on a terminal looks as it always did', async (context) => {
  const args = ['jobs', 'show', jobs()[4]?.id ?? ''];
  const { code, text } = await showOnScreen(args, { url: service.url, rows: 40 });
  assert.equal(code, 0, text);
  snapshot(context, text, 'jobs-show-failed');
});

for (const mode of ['terminal', 'accessible'] as const) {
  test(`files of a system on a terminal of 80 columns, ${mode}, look as they always did`, async (context) => {
    const environment = MODES[mode];
    const { code, text } = await showOnScreen(['files', 'list'], { url: service.url, environment });
    assert.equal(code, 0, text);
    snapshot(context, text, `files-list-${mode}`);
  });
}

test('--color wins over the environment, on a terminal and in a pipe', async () => {
  const never = await showOnScreen(['jobs', 'list', '--color', 'never'], {
    url: service.url,
    environment: { FORCE_COLOR: '1' },
  });
  assert.ok(!never.text.includes('\x1b'));
  const { stdout } = await runCommand(['--color', 'always', 'jobs', 'list'], {
    url: service.url,
    environment: { NO_COLOR: '1' },
  });
  assert.ok(stdout.includes('\x1b[34m'));
});

test('CLICOLOR_FORCE and FORCE_COLOR colour what is piped; without them no escape sequence is', async () => {
  const piped = async (environment: Record<string, string>) =>
    (await runCommand(['jobs', 'list'], { url: service.url, environment })).stdout;
  assert.ok((await piped({ CLICOLOR_FORCE: '1' })).includes('\x1b['));
  assert.ok((await piped({ FORCE_COLOR: '1' })).includes('\x1b['));
  for (const environment of [{}, { FORCE_COLOR: '' }, { NO_COLOR: '1', FORCE_COLOR: '1' }])
    assert.ok(!(await piped(environment)).includes('\x1b'), JSON.stringify(environment));
});

test('no combination of the variables for colours makes the runtime warn', async () => {
  for (const environment of [
    { FORCE_COLOR: '', NO_COLOR: '1' },
    { FORCE_COLOR: '', NO_COLOR: '' },
    { FORCE_COLOR: '1', NO_COLOR: '1', NODE_DISABLE_COLORS: '1' },
    { FORCE_COLOR: '', NODE_DISABLE_COLORS: '1' },
  ]) {
    for (const args of [['--help'], ['jobs', 'list']]) {
      const { text } = await showOnScreen(args, { url: service.url, environment, rows: 60 });
      assert.doesNotMatch(text, /[Ww]arn/, JSON.stringify(environment));
    }
  }
});
