import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createExecutor, type Executor } from '../../packages/server/src/execution/executor.ts';
import { cleanEnvironment, createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Tracked } from '../../packages/server/src/execution/scheduler.ts';
import { slurm } from '../../packages/server/src/execution/slurm.ts';

/** Prints rows as squeue does for the format it was asked for; `$1` is the mark between fields. */
const ROW = `mark=\${SQUEUE_FORMAT2#JobID:0}; mark=\${mark%%,*}
row() { printf '%s%s%s|%s|0|N/A|%s%s%s%s\\n' "$1" "$mark" "$2" "\${5:-0}" "\${4:-None}" "$mark" "$3" "$mark"; }
echo call >> "$CALLS"
`;

describe('odd answers of squeue', () => {
  let root: string;
  let executor: Executor;
  let calls: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'arras-squeue-'));
    calls = join(root, 'calls');
    mkdirSync(join(root, 'bin'));
    const clean = cleanEnvironment();
    const environment = { ...clean, PATH: `${join(root, 'bin')}:${clean.PATH}`, CALLS: calls };
    executor = createExecutor({ shell: createLocalShell({ environment }), scheduler: slurm });
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function fake(program: 'squeue' | 'sacct', body: string): void {
    const path = join(root, 'bin', program);
    writeFileSync(path, `#!/bin/bash\n${program === 'squeue' ? ROW : ''}${body}\n`);
    chmodSync(path, 0o755);
    writeFileSync(calls, '');
  }

  const tracked = (number: number): Tracked => ({
    tag: `tj-0123-${number}-1`,
    tryNumber: 1,
    workDirectory: join(root, `a long name of a directory of a job that has a number such as ${number}`),
    spoolDirectory: join(root, 'spool'),
    localId: String(1_000 + number),
  });

  test('ten thousand tries among fifty thousand other jobs cost one question and bounded memory', async () => {
    fake(
      'squeue',
      `for (( i = 0; i < 50000; i++ )); do printf '%s%sRUNNING|0|0|N/A|None%sother %s%s\\n' $i "$mark" "$mark" $i "$mark"; done
for (( i = 0; i < 10000; i++ )); do row $(( 1000 + i )) PENDING tj-0123-$i-1 Priority; done`,
    );
    const all = Array.from({ length: 10_000 }, (_, number) => tracked(number));
    const before = process.memoryUsage().rss;
    const seen = await executor.observe(all);
    assert.equal(seen.size, 10_000);
    assert.deepEqual(seen.get('tj-0123-9999-1'), {
      state: 'queued',
      localId: '10999',
      waiting: { reason: 'Priority', estimatedStart: null },
    });
    assert.equal(readFileSync(calls, 'utf8'), 'call\n');
    assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20);
  });

  test('an answer that is an error changes nothing', async () => {
    for (const [body, words] of [
      ['echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1', /Invalid job id specified/],
      [
        'echo "squeue: error: Unable to contact slurm controller (connect failure)" >&2; exit 1',
        /Unable to contact/,
      ],
      ['row 1000 COMPLETED tj-0123-0-1; exit 1', /does not answer/],
      ['kill -KILL $$', /does not answer/],
    ] as const) {
      fake('squeue', body);
      await assert.rejects(executor.observe([tracked(0)]), words);
    }
  });

  test('banners, other languages and rows that are cut are no rows', async () => {
    fake(
      'squeue',
      `echo 'Willkommen! JOBID ZUSTAND'; printf '1000|COMPLETED|0|0|N/A|None|tj-0123-0-1\\n'
row 1000 RUNNING tj-0123-0-1; printf '1000%sCOMPLETED|0|0|N/A' "$mark"`,
    );
    assert.deepEqual(
      [...(await executor.observe([tracked(0)])).values()],
      [{ state: 'queued', localId: '1000' }],
    );
  });

  test('a state that nobody knows tells nothing', async () => {
    fake('squeue', 'row 1000 DREAMING tj-0123-0-1; row 1001 PENDING tj-0123-1-1');
    const seen = await executor.observe([tracked(0), tracked(1)]);
    assert.deepEqual([...seen.keys()], ['tj-0123-1-1']);
  });

  test('a job that is gone is absent only when accounting has answered or there is none', async () => {
    fake('squeue', 'exit 0');
    fake('sacct', 'echo "Slurm accounting storage is disabled" >&2; exit 1');
    assert.deepEqual([...(await executor.observe([tracked(0)])).values()], [{ state: 'absent' }]);
    fake('sacct', 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1');
    await assert.rejects(executor.observe([tracked(0)]), /Problem talking to the database/);
    fake('sacct', 'exit 0');
    assert.deepEqual([...(await executor.observe([tracked(0)])).values()], [{ state: 'absent' }]);
  });
});
