import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppUuid, JobEventId, JobId, TransferId } from '@arras/contract';
import type { JobEventRow, JobRow, TransferRow } from '../../database/tables.ts';
import { createTimeFormat } from '../../domain/timestamp.ts';
import { renderJob, renderJobStatus, renderJobSummary } from '../../events/job-view.ts';
import { renderHistoryEntry } from './history-view.ts';

const ID = '462259152402771480-242ac113-0001-007' as JobId;
const CONTEXT = {
  publicUrl: () => 'https://api.tacc.utexas.edu',
  tenant: 'arras',
  formatTime: createTimeFormat('America/Chicago'),
};
const LOCAL = { archived: false, executionType: 'HPC', schedulerType: 'SLURM', check: null } as const;

/** The job of the guide's example. */
const ROW: JobRow = {
  id: ID,
  name: 'jdoe-samtools-1.2',
  owner: 'jdoe',
  app_id: 'samtools-1.2',
  app_uuid: '000001700000000000-0123abcd-4567-005' as AppUuid,
  app_revision: 1,
  execution_system: 'exec.example.org',
  batch_queue: 'normal',
  node_count: 1,
  processors_per_node: 16,
  memory_per_node_gb: 32,
  max_run_time_seconds: 3600,
  archive: false,
  archive_on_app_error: false,
  archive_system: null,
  archive_path: null,
  inputs: { inputBam: ['agave://data.example.org/shared/ex1.bam'] },
  parameters: { nameSort: true, maxMemSort: 800000000 },
  status: 'FINISHED',
  seq: 12,
  last_message: 'Job completed. Skipping archiving at user request.',
  visible: true,
  created_at: new Date('2018-01-26T21:08:02Z'),
  last_updated: new Date('2018-01-26T21:09:55Z'),
  submit_time: new Date('2018-01-26T21:09:45Z'),
  start_time: new Date('2018-01-26T21:09:53Z'),
  remote_ended: new Date('2018-01-26T21:09:55Z'),
  end_time: new Date('2018-01-26T21:09:55Z'),
  work_path: `/scratch/jdoe/${ID}-jdoe-samtools-1-2`,
  work_removed_at: null,
  staging_attempts: 1,
  archiving_attempts: 0,
  submit_attempts: 1,
  interruptions: 0,
  data_waits: 0,
  try_number: 1,
  local_id: '659413',
  exit_code: 0,
  stop_requested: null,
  stop_requested_at: null,
  stop_reason: null,
  owner_replica: null,
  epoch: 5,
  lease_until: new Date(0),
  next_at: null,
  deadline_at: null,
  faults: 0,
  absent_count: 0,
  absent_since: null,
  last_status_check: null,
  remote_status_checks: 2,
  failed_status_checks: 0,
  looks_from: null,
  failed_looks_from: null,
  waiting_reason: null,
  estimated_start: null,
  end_cause: null,
  used_seconds: null,
  used_cpu_seconds: null,
  used_memory_bytes: null,
  account_until: null,
  feed_position: 1,
};

test('the job of the guide looks as in the guide', () => {
  const job = renderJob(CONTEXT, ROW, LOCAL);
  const guide = {
    id: ID,
    name: 'jdoe-samtools-1.2',
    owner: 'jdoe',
    appId: 'samtools-1.2',
    executionSystem: 'exec.example.org',
    batchQueue: 'normal',
    nodeCount: 1,
    processorsPerNode: 16,
    memoryPerNode: 32,
    maxRunTime: '01:00:00',
    archive: false,
    retries: 0,
    localId: '659413',
    created: '2018-01-26T15:08:02.000-06:00',
    lastUpdated: '2018-01-26T15:09:55.000-06:00',
    outputPath: `jdoe/${ID}-jdoe-samtools-1-2`,
    status: 'FINISHED',
    submitTime: '2018-01-26T15:09:45.000-06:00',
    startTime: '2018-01-26T15:09:53.000-06:00',
    endTime: '2018-01-26T15:09:55.000-06:00',
    inputs: { inputBam: ['agave://data.example.org/shared/ex1.bam'] },
    parameters: { nameSort: true, maxMemSort: 800000000 },
    _links: {
      self: { href: `https://api.tacc.utexas.edu/jobs/v2/${ID}` },
      app: { href: 'https://api.tacc.utexas.edu/apps/v2/samtools-1.2' },
      executionSystem: { href: 'https://api.tacc.utexas.edu/systems/v2/exec.example.org' },
      archiveSystem: { href: 'https://api.tacc.utexas.edu/systems/v2/exec.example.org' },
      archiveData: { href: `https://api.tacc.utexas.edu/jobs/v2/${ID}/outputs/listings` },
      owner: { href: 'https://api.tacc.utexas.edu/profiles/v2/jdoe' },
      permissions: { href: `https://api.tacc.utexas.edu/jobs/v2/${ID}/pems` },
      history: { href: `https://api.tacc.utexas.edu/jobs/v2/${ID}/history` },
      metadata: {
        href: 'https://api.tacc.utexas.edu/meta/v2/data/?q=%7B%22associationIds%22%3A%22462259152402771480-242ac113-0001-007%22%7D',
      },
      notifications: { href: `https://api.tacc.utexas.edu/notifications/v2/?associatedUuid=${ID}` },
    },
  };
  const names = Object.keys(guide);
  const shown = Object.fromEntries(Object.entries(job).filter(([name]) => names.includes(name)));
  assert.equal(JSON.stringify(shown), JSON.stringify(guide));
});

test('the later names say the same', () => {
  const job = renderJob(CONTEXT, ROW, LOCAL);
  assert.deepEqual(
    [
      job.systemId,
      job.remoteJobId,
      job.schedulerJobId,
      job.workPath,
      job.ended,
      job.maxHours,
      job.remoteOutcome,
    ],
    [job.executionSystem, '659413', '659413', job.outputPath, job.endTime, 1, 'FINISHED'],
  );
  assert.equal(renderJob(CONTEXT, ROW, { ...LOCAL, executionType: 'CLI' }).schedulerJobId, null);
});

test('the outcome of the program is told apart from the end of the job', () => {
  const outcome = (more: Partial<JobRow>) => renderJob(CONTEXT, { ...ROW, ...more }, LOCAL).remoteOutcome;
  assert.equal(outcome({ remote_ended: null }), null);
  assert.equal(outcome({ exit_code: 3 }), 'FAILED');
  assert.equal(outcome({ exit_code: null, archive: true }), 'FAILED_SKIP_ARCHIVE');
  assert.equal(outcome({ exit_code: 3, archive: true, archive_on_app_error: true }), 'FAILED');
});

test('only a failed job has a message, and only one that archives has an archive', () => {
  const failed = renderJob(CONTEXT, { ...ROW, status: 'FAILED', last_message: 'why' }, LOCAL);
  assert.equal(failed.message, 'why');
  assert.equal('message' in renderJob(CONTEXT, ROW, LOCAL), false);
  const archive = { archive: true, archive_system: 'store', archive_path: '/out/a b' };
  const archived = renderJob(CONTEXT, { ...ROW, ...archive }, { ...LOCAL, archived: true });
  assert.deepEqual([archived.archiveSystem, archived.archivePath], ['store', '/out/a b']);
  assert.equal(
    archived._links.archiveData.href,
    'https://api.tacc.utexas.edu/files/v2/listings/system/store//out/a%20b',
  );
});

test('a job that is being stopped says so until its end', () => {
  const stopping = { ...ROW, status: 'RUNNING', stop_requested: 'STOPPED', end_time: null } as const;
  assert.equal(renderJobSummary(CONTEXT, stopping, LOCAL).stopRequested, true);
  assert.equal(renderJobSummary(CONTEXT, { ...ROW, stop_requested: 'STOPPED' }, LOCAL).stopRequested, false);
});

test('a history entry about a transfer shows its progress as the guide does', () => {
  const event: JobEventRow = {
    job_id: ID,
    seq: 5,
    id: '000001700000000000-0123abcd-4567-028' as JobEventId,
    name: 'STAGING_INPUTS',
    status: 'STAGING_INPUTS',
    description: 'Copy in progress',
    in_history: true,
    data: null,
    transfer_id: '000001700000000000-0123abcd-4567-009' as TransferId,
    created_by: 'arras',
    created_at: new Date('2014-10-24T09:47:48Z'),
    feed_position: 1,
  };
  const transfer: TransferRow = {
    id: '000001700000000000-0123abcd-4567-009' as TransferId,
    job_id: ID,
    source: 'agave://store/inputs/testdata.csv',
    destination: 'agave://exec//scratch/testdata.csv',
    total_files: 1,
    total_bytes: 3212,
    transferred_bytes: 3212,
    active_transfers: 0,
    phase: 'staging',
    kept_bytes: 0,
    is_whole: true,
    stalled_since: null,
    has_parts: false,
    started_at: new Date('2014-10-24T09:47:48Z'),
    updated_at: new Date('2014-10-24T09:47:50Z'),
    ended_at: new Date('2014-10-24T09:47:50Z'),
  };
  const { progress, ...entry } = renderHistoryEntry(CONTEXT, { event, transfer });
  assert.deepEqual(progress, {
    averageRate: 1606,
    totalFiles: 1,
    source: 'agave://store/inputs/testdata.csv',
    totalActiveTransfers: 0,
    totalBytes: 3212,
    totalBytesTransferred: 3212,
    uuid: transfer.id,
  });
  const stalled = { ...transfer, transferred_bytes: 2_000, kept_bytes: 1_000, ended_at: null };
  const since = new Date('2014-10-24T09:47:49Z');
  const later = renderHistoryEntry(CONTEXT, { event, transfer: { ...stalled, stalled_since: since } });
  assert.equal(later.progress?.stalledSince, '2014-10-24T04:47:49.000-05:00');
  assert.equal(later.progress.averageRate, 500, 'what was there before did not move now');
  assert.deepEqual(entry, {
    created: '2014-10-24T04:47:48.000-05:00',
    status: 'STAGING_INPUTS',
    description: 'Copy in progress',
    createdBy: 'arras',
    id: event.id,
    seq: event.seq,
  });
  const silent = renderHistoryEntry(CONTEXT, { event: { ...event, description: null }, transfer: null });
  assert.deepEqual(Object.keys(silent), ['created', 'status', 'createdBy', 'id', 'seq']);
});

const NEVER_LOOKED = {
  seen_at: null,
  failing_since: null,
  message: null,
  looks: 0,
  failed_looks: 0,
  next_look_at: null,
  waits: null,
} as const;

test('a job that waits shows why, what to do, the estimate and how long others waited', () => {
  const waits = { normal: { count: 50, shortest: 240.4, median: 720, longest: 2_280.6 } };
  const check = { ...NEVER_LOOKED, waits };
  const row = {
    ...ROW,
    status: 'QUEUED',
    waiting_reason: 'Priority',
    estimated_start: ROW.end_time,
  } as const;
  assert.deepEqual(renderJob(CONTEXT, row, { ...LOCAL, check }).waiting, {
    reason: 'Priority',
    category: 'priority',
    sentence: 'Other jobs have a higher priority.',
    estimatedStart: '2018-01-26T15:09:55.000-06:00',
    similar: { count: 50, shortestSeconds: 240, medianSeconds: 720, longestSeconds: 2_281 },
    canStart: true,
  });
  const hopeless = { ...ROW, status: 'QUEUED', waiting_reason: 'PartitionTimeLimit' } as const;
  const { waiting } = renderJobStatus(CONTEXT, hopeless, { check: null });
  assert.equal(waiting?.canStart, false);
  assert.match(waiting?.action ?? '', /maxRunTime/);
  assert.equal(renderJob(CONTEXT, ROW, LOCAL).waiting, null);
});

test('looks are those at the system while the program was there', () => {
  const check = { ...NEVER_LOOKED, looks: 17, failed_looks: 4, seen_at: new Date('2018-01-26T21:20:00Z') };
  const row = { ...ROW, status: 'RUNNING', end_time: null, looks_from: 10, failed_looks_from: 4 } as const;
  const { lastStatusCheck, remoteStatusChecks, failedStatusChecks } = renderJob(CONTEXT, row, {
    ...LOCAL,
    check,
  });
  assert.deepEqual(
    [lastStatusCheck, remoteStatusChecks, failedStatusChecks],
    ['2018-01-26T15:20:00.000-06:00', 9, 0],
  );
  assert.equal(
    renderJob(CONTEXT, ROW, { ...LOCAL, check }).remoteStatusChecks,
    2,
    'after its end it keeps its own',
  );
});

test('a failure has a condition code and a sentence, and the cause of the scheduler comes first', () => {
  const cause = (more: Partial<JobRow>) => renderJob(CONTEXT, { ...ROW, ...more }, LOCAL).endCause;
  assert.equal(cause({}), null);
  assert.equal(cause({ remote_ended: null, exit_code: null }), null);
  assert.deepEqual(cause({ exit_code: 3 }), {
    code: 'PROGRAM_FAILED',
    sentence: 'The program ended with exit code 3.',
    action: 'See its standard error.',
  });
  assert.equal(cause({ exit_code: 137, end_cause: 'out-of-memory' })?.code, 'OUT_OF_MEMORY');
  assert.equal(cause({ exit_code: null })?.code, 'NO_EXIT_STATUS');
});

test('a job that has ended reports what it used, by its own times where nobody kept accounts', () => {
  assert.deepEqual(renderJob(CONTEXT, ROW, LOCAL).report, {
    wallTime: { used: 2, requested: 3_600, share: 0 },
    cpuTime: null,
    memory: null,
    notes: [],
  });
  const accounted = { used_seconds: 1_800, used_cpu_seconds: 28_000, used_memory_bytes: 30 * 2 ** 30 };
  assert.deepEqual(renderJob(CONTEXT, { ...ROW, ...accounted }, LOCAL).report?.cpuTime, {
    used: 28_000,
    requested: 28_800,
    share: 0.97,
  });
  assert.equal(renderJob(CONTEXT, { ...ROW, end_time: null }, LOCAL).report, null);
  assert.equal(renderJob(CONTEXT, { ...ROW, start_time: null }, LOCAL).report, null);
});

const RUNNING: JobRow = { ...ROW, status: 'RUNNING', end_time: null, remote_ended: null };
const UPDATED = '2018-01-26T15:09:55.000-06:00';
const seen = (seen_at: string | null, failing: { since: string; message: string | null } | null = null) => ({
  ...NEVER_LOOKED,
  seen_at: seen_at === null ? null : new Date(seen_at),
  failing_since: failing === null ? null : new Date(failing.since),
  message: failing?.message ?? null,
});

function freshnessOf(row: JobRow, check: ReturnType<typeof seen> | null) {
  return renderJobStatus(CONTEXT, row, { check }).freshness;
}

test('what the service does itself is known since it last said so, whatever the system does', () => {
  const silent = seen('2018-01-26T21:20:00Z', { since: '2018-01-26T21:25:00Z', message: 'no route' });
  for (const status of ['PENDING', 'STAGING_INPUTS', 'ARCHIVING', 'FINISHED'] as const) {
    const freshness = freshnessOf({ ...RUNNING, status }, silent);
    assert.deepEqual(freshness, { asOf: UPDATED, source: 'service', reachable: true });
  }
});

test('a program on its system is known as of the last look, or of the event that told of it since', () => {
  const known = { source: 'executionSystem', reachable: true };
  assert.deepEqual(freshnessOf(RUNNING, null), { asOf: UPDATED, ...known });
  assert.deepEqual(freshnessOf(RUNNING, seen('2018-01-26T21:09:00Z')), { asOf: UPDATED, ...known });
  assert.deepEqual(freshnessOf(RUNNING, seen('2018-01-26T21:20:00Z')), {
    asOf: '2018-01-26T15:20:00.000-06:00',
    ...known,
  });
});

test('a system that does not answer is said not to, since when and why, and the status keeps its age', () => {
  const since = '2018-01-26T21:25:00Z';
  assert.deepEqual(freshnessOf(RUNNING, seen('2018-01-26T21:20:00Z', { since, message: 'exec: no route' })), {
    asOf: '2018-01-26T15:20:00.000-06:00',
    source: 'executionSystem',
    reachable: false,
    message: 'exec: no route (since 2018-01-26T15:25:00.000-06:00). The job keeps its last known status.',
  });
  assert.match(
    freshnessOf({ ...RUNNING, status: 'QUEUED' }, seen(null, { since, message: null })).message ?? '',
    /^The system does not answer \(since /,
  );
});
