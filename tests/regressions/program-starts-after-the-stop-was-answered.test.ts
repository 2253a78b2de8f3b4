import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectApi, jobEnd, registerApp, registerLocalSystems, submitJob } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startService } from '../support/service.ts';

// A fork system accepts a launch before its wrapper has claimed the try: RUNNING then did not mean that the program had
// begun, and a stop that only rang for its end was answered first.

test('a program whose job is stopped as soon as it is RUNNING does not begin after the answer', async () => {
  const database = await createTestDatabase();
  const root = await mkdtemp(join(tmpdir(), 'arras-stop-'));
  try {
    await using service = await startService({ databaseUrl: database.url });
    const api = connectApi(() => service.url);
    const systems = await registerLocalSystems(api, root);
    const template = '> "$HOME_OF_TEST/${AGAVE_JOB_ID}"\nsleep 300\n'.replace('$HOME_OF_TEST', root);
    const appId = await registerApp(api, systems, { name: 'mark', template });
    for (let round = 0; round < 10; round += 1) {
      const { id } = await submitJob(api, appId);
      await eventually(
        'it is RUNNING',
        async () => {
          const job = await api.call<{ status: string }>('GET', `/jobs/v2/${id}/status`);
          return job.status === 'RUNNING';
        },
        { intervalMs: 1 },
      );
      await api.call('POST', `/jobs/v2/${id}`, { action: 'stop' });
      const answeredAt = Date.now();
      assert.equal((await jobEnd(api, id)).status, 'STOPPED');
      const mark = await stat(join(root, id)).catch(() => null);
      assert.ok(
        mark === null || mark.mtimeMs <= answeredAt,
        `began ${mark && mark.mtimeMs - answeredAt} ms after`,
      );
    }
  } finally {
    await rm(root, { recursive: true, force: true });
    await database.drop();
  }
});
