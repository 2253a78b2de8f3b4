import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Freshness, JobStatuses, JobSummary, JobView } from '../../packages/contract/src/index.ts';
import { findJob } from '../../packages/server/src/database/jobs.ts';
import { hurryLook } from '../../packages/server/src/database/looks.ts';
import type { EngineContext } from '../../packages/server/src/engine/context.ts';
import { monitor } from '../../packages/server/src/engine/monitor.ts';
import { Targets } from '../../packages/server/src/engine/targets.ts';
import { createExecutor } from '../../packages/server/src/execution/executor.ts';
import { fork } from '../../packages/server/src/execution/fork.ts';
import { createLocalShell } from '../../packages/server/src/execution/local-shell.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { ShellUnreachable } from '../../packages/server/src/execution/shell.ts';
import { type JobApi, startJobApi } from '../support/job-api.ts';
import { LOCAL_ADAPTERS } from '../support/local-adapters.ts';

let api: JobApi;
before(async () => {
  api = await startJobApi();
});
after(() => api.close());

/** A host that can be reached or not, as the test likes. */
function breakableShell(): { readonly shell: Shell; isBroken: boolean } {
  const local = createLocalShell();
  const state = {
    isBroken: false,
    shell: {
      ...local,
      run: async (...args: Parameters<Shell['run']>) => {
        if (state.isBroken) throw new ShellUnreachable('connection refused by exec.example.org');
        return local.run(...args);
      },
    },
  };
  return state;
}

/** Looks at the system although it may have been looked at a moment ago. */
async function lookNow(engine: EngineContext): Promise<void> {
  await hurryLook(engine.db, 'exec', 0);
  await monitor(engine, 'exec');
}

/** A job whose program is said to run on the system. */
async function startRunning(): Promise<string> {
  const { json } = await api.call('POST', '/jobs/v2', { body: { name: 'seen', appId: 'plot-0.1.0' } });
  const job = (await findJob(api.db, json.result.id)) ?? assert.fail('the job is lost');
  const staged = await api.transition({
    job,
    moves: [
      { to: 'PROCESSING_INPUTS' },
      { to: 'STAGED' },
      { to: 'SUBMITTING' },
      { to: 'QUEUED' },
      { to: 'RUNNING' },
    ],
    patch: { work_path: 'scratch/seen', try_number: 1, local_id: '1' },
    by: 'arras',
  });
  assert.ok(staged);
  return job.id;
}

/** The freshness that each way of asking shows. */
async function freshnessOf(id: string): Promise<Freshness[]> {
  const get = async <Result>(path: string) => (await api.call<Result>('GET', path)).json.result;
  const list = await get<JobSummary[]>('/jobs/v2');
  const bulk = await api.call<JobStatuses>('POST', '/jobs/v2/statuses', { body: { ids: [id] } });
  const shown = [
    (await get<JobView>(`/jobs/v2/${id}/status`)).freshness,
    (await get<JobView>(`/jobs/v2/${id}`)).freshness,
    list.find((row) => row.id === id)?.freshness,
    bulk.json.result.jobs[0]?.freshness,
  ];
  return shown.map((freshness) => freshness ?? assert.fail('no freshness'));
}

test('a system that stops answering shows in every status of its jobs, and why, until it answers again', async () => {
  const state = breakableShell();
  const factories = {
    ...LOCAL_ADAPTERS,
    openExecutor: async () => ({
      executor: createExecutor({ shell: state.shell, scheduler: fork }),
      whyUnreachable: async () => null,
      close: async () => undefined,
    }),
  };
  await using targets = new Targets({ db: api.db, factories, onEnded: () => undefined });
  const engine = { ...api.engine, targets };
  const id = await startRunning();

  await lookNow(engine);
  const seen = await freshnessOf(id);
  assert.ok(seen.every(({ source, reachable }) => source === 'executionSystem' && reachable));
  const [first] = seen;

  await lookNow(engine);
  const later = await freshnessOf(id);
  assert.ok(
    later.every(({ asOf }) => asOf > (first?.asOf ?? '')),
    'every look makes it fresher',
  );
  const status = await api.call('GET', `/jobs/v2/${id}/status`);
  assert.match(
    String(status.headers['retry-after']),
    /^[56]$/,
    'the next look is 5 s away, give or take a tenth',
  );

  state.isBroken = true;
  await lookNow(engine);
  const silent = await freshnessOf(id);
  const [one] = silent;
  assert.deepEqual(new Set(silent.map((freshness) => JSON.stringify(freshness))).size, 1);
  assert.equal(one?.reachable, false);
  assert.equal(one?.asOf, later[0]?.asOf, 'as of when it was last known');
  assert.match(
    one?.message ?? '',
    /^exec does not answer: connection refused by exec\.example\.org \(since \d{4}-.*\+00:00\)\. The job keeps its last known status\.$/,
  );
  const since = one?.message;
  await lookNow(engine);
  assert.equal((await freshnessOf(id))[0]?.message, since, 'since when stays the same');
  const job = await api.call('GET', `/jobs/v2/${id}`);
  assert.deepEqual([job.json.result.status, job.json.result.failedStatusChecks], ['RUNNING', 2]);

  state.isBroken = false;
  await lookNow(engine);
  assert.ok((await freshnessOf(id)).every(({ reachable, message }) => reachable && message === undefined));
});
