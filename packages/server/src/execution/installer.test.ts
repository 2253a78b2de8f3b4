import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstaller, type Preparation } from './installer.ts';
import type { Launch } from './scheduler.ts';
import type { Installation, Installed } from './shell.ts';

const LAUNCH: Launch = {
  tag: 'tj-1-007-1',
  tryNumber: 1,
  workDirectory: '/scratch/jdoe/job',
  spoolDirectory: '/scratch/.arras-spool',
  scriptName: 'demo.ipcexe',
  stdoutName: 'demo.out',
  stderrName: 'demo.err',
  resources: {
    queue: null,
    nodeCount: 1,
    processorsPerNode: 1,
    memoryPerNodeGb: null,
    maxRunTimeSeconds: null,
    customDirectives: null,
  },
};

function createRecorded(answer: (installation: Installation) => Installed) {
  const groups: (readonly Installation[])[] = [];
  const shell = {
    remote: true,
    install: async (installations: readonly Installation[]) => {
      groups.push(installations);
      return installations.map(answer);
    },
  };
  const installer = createInstaller(shell, { directives: () => ['#SBATCH -N 1'], newSession: false });
  return { groups, installer };
}

const preparation = (assets: Preparation['assets']): Preparation => ({
  program: 'program\n',
  values: new Uint8Array(),
  assets,
});

test('the list of what is not archived names the files, the program and itself', async () => {
  const { groups, installer } = createRecorded(() => ({ kind: 'done' }));
  const copied = preparation({ copied: ['lib/a', 'b'] });
  const onHost = preparation({ root: '/', path: '/apps/demo' });
  assert.equal(await installer.prepare(LAUNCH, copied, () => {}), 'prepared');
  assert.equal(await installer.prepare(LAUNCH, onHost, () => {}), 'prepared');
  const [first, second] = groups.flat();
  const listOf = ({ files }: Installation) => files.find(({ path }) => path === '.agave.archive')?.content;
  assert.equal(first && listOf(first), 'lib/a\nb\ndemo.ipcexe\n.agave.archive\n');
  assert.equal(first?.tree, undefined);
  assert.equal(second && listOf(second), 'demo.ipcexe\n.agave.archive\n');
  assert.deepEqual(second?.tree, { root: '/', path: '/apps/demo', listIn: '.agave.archive' });
});

test('who may no longer act when the command begins is left out of it', async () => {
  const { groups, installer } = createRecorded(() => ({ kind: 'done' }));
  let isLost = false;
  const first = installer.createWorkDirectory('/first');
  const lost = installer.createWorkDirectory('/lost', () => {
    if (isLost) throw new Error('the lease was lost');
  });
  const kept = installer.createWorkDirectory('/kept');
  isLost = true;
  await Promise.all([first, assert.rejects(lost, /lease was lost/), kept]);
  assert.deepEqual(
    groups.map((group) => group.map(({ directory }) => directory)),
    [['/first'], ['/kept']],
  );
});

test('a refusal has the code by which it is decided whether to try again', async () => {
  const { installer } = createRecorded(({ tree }) =>
    tree === undefined
      ? { kind: 'failed', code: 'no-space', reason: 'No space left on device' }
      : { kind: 'too-large' },
  );
  await assert.rejects(installer.createWorkDirectory('/work'), { code: 'no-space', message: /No space/ });
  const onHost = preparation({ root: '/', path: '/apps/demo' });
  assert.equal(await installer.prepare(LAUNCH, onHost, () => {}), 'assets-too-large');
});
