import { type EndCause, explainEnd } from '../domain/end-cause.ts';
import type { AccountRow, Facts, QueueRow } from './batch-answer.ts';
import type { Observation, Usage } from './scheduler.ts';
import { FENCED_EXIT_CODE } from './wrapper-script.ts';

/** All that is known about one try. */
export interface Evidence {
  readonly facts: Facts;
  /** The id it was submitted with, where that is known. */
  readonly localId: string | null;
  /** Jobs of the queue that carry its tag: usually one; a submission that was repeated by the client makes two. */
  readonly rows: readonly QueueRow[];
  readonly accounts: readonly AccountRow[];
  /** Whether the queue was asked with success: without that, a missing row means nothing. */
  readonly queueAnswered: boolean;
  /** The same of the accounting. Also true where a system has none. */
  readonly accountingAnswered: boolean;
}

/** What ends a program whose memory ran out. */
const SIGKILL = 9;

const NO_STATUS = explainEnd({ exitCode: null, cause: null }).sentence;

/**
 * The verdict (RELIABILITY R7): exit marker, then accounting and queue for the job that holds the claim, then nothing.
 * null: nothing is known now. Rows of other jobs with the same tag are copies that the claim keeps from starting, and
 * a state that contradicts the marker is a scheduler that has forgotten.
 */
export function judge(evidence: Evidence): Observation | null {
  const { facts } = evidence;
  if (typeof facts.exit === 'number') return endedByMarker(facts.exit, evidence);
  if (facts.claim === 'service') return { state: 'fenced' };
  if (facts.exit === 'settled') return { state: 'lost', reason: NO_STATUS };
  if (!evidence.queueAnswered) return null;
  return facts.claim === 'wrapper' ? judgeStarted(evidence) : judgeUnstarted(evidence);
}

function endedByMarker(exitCode: number, evidence: Evidence): Observation {
  const [row, account] = [ownRow(evidence), ownAccount(evidence)];
  const cause = exitCode === 0 ? null : causeOfStarted(row, account, exitCode === 128 + SIGKILL);
  const isClosing = exitCode !== 0 && cause === null && account === null && row !== null && isAlive(row);
  return {
    state: 'ended',
    exitCode,
    ...(isClosing && { closing: true }),
    ...(cause && { cause }),
    ...usageOf(account),
  };
}

function judgeStarted(evidence: Evidence): Observation | null {
  const row = ownRow(evidence);
  const account = ownAccount(evidence);
  if (row === null) {
    if (account !== null) return endOfStarted(null, account);
    return evidence.accountingAnswered ? vanished(NO_STATUS) : null;
  }
  if (row.phase === null) return null;
  switch (row.phase.is) {
    case 'running':
      return { state: 'running', localId: row.localId };
    case 'paused':
      return { state: 'paused', localId: row.localId };
    case 'queued':
      // Put back into the queue, or a scheduler that lost its last seconds: the program may be alive for a moment.
      return vanished(explainEnd({ exitCode: null, cause: 'requeued' }).sentence, 'requeued');
    case 'ended':
      return endOfStarted(row, account);
  }
}

/** The program ran in this job, and left no exit marker: the job's own end has to do. */
function endOfStarted(row: QueueRow | null, account: AccountRow | null): Observation {
  const phase = account?.phase ?? row?.phase;
  const succeeded = phase?.is === 'ended' && phase.succeeded === true;
  if (succeeded) return { state: 'ended', exitCode: 0, ...usageOf(account) };
  const signal = account?.signal ?? row?.signal ?? null;
  const cause = causeOfStarted(row, account, signal === SIGKILL);
  if (cause !== null) return lost(explainEnd({ exitCode: null, cause }).sentence, cause, account);
  // The queue's first: for exit codes above 128, Slurm's accounting says the code less 128.
  const exitCode = row?.exitCode ?? account?.exitCode ?? null;
  // The wrapper's code is the program's, unless it is a copy of the wrapper that was kept from starting it.
  if (exitCode !== null && exitCode !== 0 && exitCode !== FENCED_EXIT_CODE) {
    return { state: 'ended', exitCode, ...usageOf(account) };
  }
  // The marker may be on its way from another node: believed only when it stays away.
  return vanished(signal === null ? NO_STATUS : describeSignal(signal));
}

/** The whole job was ended, with the wrapper that would have written the exit status. */
function describeSignal(signal: number): string {
  const { sentence } = explainEnd({ exitCode: 128 + signal, cause: null });
  return signal === SIGKILL
    ? `${sentence}, possibly because it used more memory than it had asked for`
    : sentence;
}

function judgeUnstarted(evidence: Evidence): Observation | null {
  const { rows, localId } = evidence;
  const row = rows.find((each) => isAlive(each)) ?? rows.find((each) => each.localId === localId) ?? rows[0];
  if (row?.phase === null) return null;
  if (row === undefined) {
    const account = ownAccount(evidence);
    if (account) return endOfUnstarted(null, account);
    return localId !== null && !evidence.accountingAnswered ? null : { state: 'absent' };
  }
  if (row.phase.is === 'ended') return endOfUnstarted(row, ownAccount(evidence));
  const waiting = { reason: row.reason, estimatedStart: row.estimatedStart };
  return { state: 'queued', localId: row.localId, ...(row.phase.is === 'queued' && { waiting }) };
}

/** Its job has ended, and nobody has claimed the start. */
function endOfUnstarted(row: QueueRow | null, account: AccountRow | null): Observation {
  const phase = account?.phase ?? row?.phase;
  // The program's success is proven by nothing that we can see: its marks may be late.
  if (phase?.is === 'ended' && phase.succeeded) return { state: 'absent' };
  const cause = causeOf(row, account);
  const exitCode = account?.exitCode ?? row?.exitCode ?? null;
  const reason =
    cause === null
      ? `the scheduler ended it before its program started${exitCode === null ? '' : ` (exit code ${exitCode})`}`
      : explainEnd({ exitCode: null, cause }).sentence;
  return { ...lost(reason, cause, null), neverStarted: true };
}

function isAlive(row: QueueRow): boolean {
  return row.phase !== null && row.phase.is !== 'ended';
}

/** The row of the job that holds the claim. */
function ownRow({ facts, localId, rows }: Evidence): QueueRow | null {
  const own = facts.jobId ?? localId;
  if (own === null) return rows[0] ?? null;
  return rows.find((row) => row.localId === own) ?? null;
}

/** The accounting of the job that holds the claim, once it has ended there. */
function ownAccount({ facts, localId, accounts }: Evidence): AccountRow | null {
  const own = facts.jobId ?? localId;
  return accounts.find((row) => row.localId === own && row.phase?.is === 'ended') ?? null;
}

function causeOf(row: QueueRow | null, account: AccountRow | null): EndCause | null {
  for (const phase of [account?.phase, row?.phase])
    if (phase?.is === 'ended' && phase.cause) return phase.cause;
  return row?.endReason ?? null;
}

/** A program that has started is not one that could not be started, whatever the scheduler calls its end. */
function causeOfStarted(
  row: QueueRow | null,
  account: AccountRow | null,
  wasKilled: boolean,
): EndCause | null {
  if (row?.restarted) return 'requeued';
  const cause = causeOf(row, account);
  if (cause !== null && cause !== 'launch-failure' && cause !== 'never-satisfiable') return cause;
  return wasKilled && account !== null && hasOutgrown(account) ? 'out-of-memory' : null;
}

/**
 * Where no cgroup bounds memory, Slurm samples it and kills what uses too much, and calls that a failure by signal 9.
 * One task that used as much as the whole job might on a node, and was killed, leaves no other reading.
 */
function hasOutgrown({ memoryLimitBytes, usage: { maxMemoryBytes } }: AccountRow): boolean {
  return memoryLimitBytes !== undefined && maxMemoryBytes !== null && maxMemoryBytes >= memoryLimitBytes;
}

function lost(reason: string, cause: EndCause | null, account: AccountRow | null) {
  return { state: 'lost' as const, reason, ...(cause && { cause }), ...usageOf(account) };
}

function vanished(reason: string, cause?: EndCause): Observation {
  return { state: 'absent', started: { reason, ...(cause && { cause }) } };
}

function usageOf(account: AccountRow | null): { readonly usage?: Usage } {
  return account === null ? {} : { usage: account.usage };
}
