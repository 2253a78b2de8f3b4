import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HistoryEntry, JobView } from '../../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  jobHistory,
  type LocalSystems,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { registerRemoteSystems } from '../support/remote-systems.ts';
import { startService, type TestService } from '../support/service.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

const END_MS = 60_000;

for (const kind of ['LOCAL', 'SFTP'] as const) {
  describe(`the data of a job on ${kind} systems`, () => {
    let sshd: Sshd | null = null;
    let service: TestService;
    let database: TestDatabase;
    let api: Api;
    let root: string;
    let systems: LocalSystems;
    let appId: string;

    before(async () => {
      root = await mkdtemp(join(tmpdir(), 'arras-data-'));
      database = await createTestDatabase();
      service = await startService({ databaseUrl: database.url });
      api = connectApi(() => service.url);
      sshd = kind === 'SFTP' ? await startSshd() : null;
      systems = sshd ? await registerRemoteSystems(api, sshd, root) : await registerLocalSystems(api, root);
      appId = await registerApp(api, systems, {
        name: 'shell',
        template: 'eval "${code}"\n',
        inputs: [
          { id: 'data', value: { required: false }, semantics: { minCardinality: 0, maxCardinality: -1 } },
        ],
        parameters: [{ id: 'code', value: { required: true, type: 'string' } }],
      });
    });
    after(async () => {
      await service[Symbol.asyncDispose]();
      await sshd?.close();
      await database.drop();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    });

    const home = (...parts: readonly string[]) => join(root, 'home', ...parts);
    const plant = (path: string, content: string) => {
      mkdirSync(dirname(home(path)), { recursive: true });
      writeFileSync(home(path), content);
    };
    const address = (path: string) => `agave://${systems.storage}/${path}`;
    const submit = (code: string, more: Readonly<Record<string, unknown>> = {}) =>
      submitJob(api, appId, { archive: true, parameters: { code }, ...more });
    const run = async (code: string, more: Readonly<Record<string, unknown>> = {}) => {
      const { id } = await submit(code, more);
      const job = await jobEnd(api, id, END_MS);
      return { job, history: await jobHistory(api, id), archive: home(String(job.archivePath)) };
    };
    const workOf = async ({ id }: Pick<JobView, 'id'>) => {
      const { rows } = await database.pool.query('select work_path from jobs where id = $1', [id]);
      return join(root, String(rows[0]?.work_path));
    };
    const isGone = (path: string) => eventually(`${path} is removed`, () => !existsSync(path));
    const told = (history: readonly HistoryEntry[], pattern: RegExp) =>
      history.filter(({ description }) => pattern.test(description ?? ''));

    test('folders and files come side by side, each with a transfer as in the guide; all that is new is archived', async () => {
      plant('in/folder/deep/a.txt', 'alpha');
      plant('in/folder/b.txt', 'beta');
      mkdirSync(home('in/folder/empty'));
      for (let index = 0; index < 6; index += 1) plant(`in/file-${index}`, 'x'.repeat(index));
      const inputs = [...Array.from({ length: 6 }, (_, index) => `in/file-${index}`), 'in/folder'];
      const { job, history, archive } = await run('cat folder/deep/a.txt file-3 > out; ls -d folder/empty', {
        inputs: { data: inputs.map(address) },
        archivePath: 'archive/${JOB_NAME}-${JOB_ID}',
      });
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
      assert.equal(job.archivePath, `archive/test-job-${job.id}`);
      assert.equal(readFileSync(join(archive, 'out'), 'utf8'), 'alphaxxx');
      assert.equal(readFileSync(join(archive, 'folder/deep/a.txt'), 'utf8'), 'alpha');
      assert.ok(lstatSync(join(archive, 'folder/empty')).isDirectory());
      for (const name of ['.arras', '.agave.archive', 'wrapper.sh'])
        assert.equal(existsSync(join(archive, name)), false, name);
      const staging = history.filter(({ status }) => status === 'STAGING_INPUTS');
      assert.deepEqual(
        staging
          .filter(({ progress }) => !progress)
          .map(({ description = '' }) => description)
          .toSorted(),
        inputs.map((path) => `Staging ${address(path)} to remote job directory`).toSorted(),
      );
      const transfers = staging.flatMap(({ progress }) => progress ?? []);
      assert.deepEqual(transfers.map(({ source }) => source).toSorted(), inputs.map(address).toSorted());
      const { averageRate, uuid, ...folder } =
        transfers.find(({ totalFiles }) => totalFiles === 2) ?? assert.fail();
      assert.deepEqual(folder, {
        totalFiles: 2,
        source: address('in/folder'),
        totalActiveTransfers: 0,
        totalBytes: 9,
        totalBytesTransferred: 9,
      });
      assert.ok(averageRate >= 0);
      assert.match(uuid ?? '', /-009$/);
      const archiving = history.filter(({ status }) => status.startsWith('ARCHIVING'));
      assert.deepEqual(
        archiving.map(({ status, description }) => `${status} ${description}`),
        [
          `ARCHIVING ${archiving[0]?.description}`,
          'ARCHIVING Attempt 1 to archive job output',
          'ARCHIVING Copy in progress',
          `ARCHIVING_FINISHED ${archiving.at(-1)?.description}`,
        ],
      );
      assert.equal(archiving[2]?.progress?.totalBytesTransferred, archiving[2]?.progress?.totalBytes);
      await isGone(await workOf(job));
      assert.match(job._links.archiveData.href, /\/files\/v2\/listings\/system\/[\w-]+\/archive\/test-job-/);
    });

    test('a job says in its manifest what is not archived, byte for byte', async () => {
      const code = String.raw`mkdir -p cache/deep; echo 1 > cache/deep/x; echo 2 > kept; echo 3 > $'odd\xff'; echo 4 > $'also\xfe';
        printf './cache/\nodd\xff\n' >> .agave.archive`;
      const { job, archive, history } = await run(code);
      assert.equal(job.status, 'FINISHED');
      assert.equal(existsSync(join(archive, 'cache')), false);
      assert.ok(existsSync(join(archive, 'kept')));
      const bytes = (name: string, last: number) =>
        Buffer.concat([Buffer.from(`${archive}/${name}`), Buffer.of(last)]);
      assert.equal(existsSync(bytes('odd', 0xff)), false);
      assert.ok(existsSync(bytes('also', 0xfe)));
      assert.deepEqual(told(history, /whole directory/), []);
    });

    for (const [what, code] of [
      ['The .agave.archive file is empty', ': > .agave.archive'],
      ['No .agave.archive file', 'rm .agave.archive'],
      ['The .agave.archive file cannot be read', 'ln -sf /etc/passwd .agave.archive'],
      ['The .agave.archive file cannot be read', 'rm .agave.archive; mkfifo .agave.archive'],
    ] as const) {
      test(`without names in the manifest everything is archived: ${code}`, async () => {
        const { job, archive, history } = await run(`echo out > out; ${code}`);
        assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
        assert.equal(
          told(history, /the whole directory is archived$/)[0]?.description,
          `${what}: the whole directory is archived`,
        );
        assert.ok(existsSync(join(archive, 'out')));
        assert.ok(existsSync(join(archive, 'wrapper.sh')));
        assert.equal(existsSync(join(archive, '.arras')), false);
      });
    }

    test('links, pipes and devices are left out and named; nothing behind them is read (S5, T88)', async () => {
      const code = `echo secret > ../behind; ln -s ../behind link; ln -s /etc folder; mkfifo pipe; ln -s /proc/self/environ deep
        mkdir d; ln -s /etc/passwd d/passwd; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")' 2> /dev/null || mkfifo socket; echo out > out`;
      const { job, archive, history } = await run(code);
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
      for (const name of ['link', 'folder', 'pipe', 'deep', 'd/passwd', 'socket'])
        assert.throws(() => lstatSync(join(archive, name)), /ENOENT/, name);
      assert.ok(existsSync(join(archive, 'out')));
      const [entry] = told(history, /left out:/);
      assert.match(entry?.description ?? '', /"link" \(symbolic link\)/);
      assert.match(entry?.description ?? '', /and 1 more\.$/);
      await isGone(await workOf(job));
    });

    test('an input folder with links is staged without them, and the history says so', async () => {
      const source = await run('mkdir d; ln -s /etc/passwd d/passwd; echo 1 > d/one; sleep 0', {
        archive: false,
      });
      const path = `${(await workOf(source.job)).slice(root.length)}/d`;
      const { job, history } = await run('ls -A d > list', {
        inputs: { data: [`agave://${systems.execution}/${path}`] },
      });
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
      assert.match(told(history, /left out:/)[0]?.description ?? '', /"passwd" \(symbolic link\)/);
      assert.equal(readFileSync(home(String(job.archivePath), 'list'), 'utf8'), 'one\n');
    });

    test('a work directory that its program replaces with a link is neither followed nor removed', async () => {
      const outside = join(root, 'outside');
      mkdirSync(outside, { recursive: true });
      writeFileSync(join(outside, 'treasure'), 'gold');
      const code = `W=$PWD; cp -r "$W/.arras" ../keep-$$; cd ..; rm -rf "$W"; ln -s '${outside}' "$W"; mkdir -p '${outside}/.arras'; cp -r keep-$$/. '${outside}/.arras/'`;
      const { job, archive, history } = await run(code);
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
      assert.match(
        told(history, /^Job archiving failed/)[0]?.description ?? '',
        /symbolic link|not followed/,
      );
      assert.equal(existsSync(join(archive, 'treasure')), false);
      assert.equal(readFileSync(join(outside, 'treasure'), 'utf8'), 'gold');
    });

    test('an archive goes onto what is there already, replacing what has the same name', async () => {
      plant('shared/out', 'old');
      plant('shared/other', 'stays');
      const { job, archive } = await run('echo new > out; echo more > deep', { archivePath: 'shared' });
      assert.equal(job.status, 'FINISHED', job.lastStatusMessage ?? '');
      assert.deepEqual(
        ['out', 'other', 'deep'].map((name) => readFileSync(join(archive, name), 'utf8')),
        ['new\n', 'stays', 'more\n'],
      );
    });

    test('an archive that cannot be written is reported, and the output stays', async () => {
      plant('blocked/out', 'a file where a directory should be');
      const { job, history } = await run('mkdir out; echo 1 > out/x', { archivePath: 'blocked' });
      assert.equal(job.status, 'FINISHED');
      assert.match(
        String(job.lastStatusMessage),
        /its output was not archived and stays in the work directory/,
      );
      assert.ok(history.some(({ status }) => status === 'ARCHIVING_FAILED'));
      assert.equal(readFileSync(join(await workOf(job), 'out/x'), 'utf8'), '1\n');
    });

    test('the output of a failed program is archived on request only', async () => {
      const asked = await run('echo why > log; exit 3', { archiveOnAppError: true });
      assert.equal(asked.job.status, 'FAILED');
      assert.ok(asked.history.some(({ status }) => status === 'ARCHIVING_FINISHED'));
      assert.equal(readFileSync(join(asked.archive, 'log'), 'utf8'), 'why\n');
      await isGone(await workOf(asked.job));
      const unasked = await run('echo why > log; exit 3');
      assert.equal(unasked.job.status, 'FAILED');
      assert.equal(existsSync(unasked.archive), false);
      assert.equal(readFileSync(join(await workOf(unasked.job), 'log'), 'utf8'), 'why\n');
    });

    test('two inputs of one name are refused when the job is submitted, with the field', async () => {
      plant('one/same', '1');
      plant('two/same', '2');
      const answer = await api.request('POST', '/jobs/v2', {
        name: 'twice',
        appId,
        parameters: { code: 'true' },
        inputs: { data: [address('one/same'), address('two/same')] },
      });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.errors?.[0]?.field, 'inputs.data');
      assert.match(answer.body.errors?.[0]?.message ?? '', /"same" is also the file name of/);
    });
  });
}
