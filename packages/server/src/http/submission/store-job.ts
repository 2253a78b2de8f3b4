import { createHash } from 'node:crypto';
import { ApiError, type JobRequest } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { claimRequestKey, findEarlierRequest, type RequestKey } from '../../database/idempotency.ts';
import { findJob } from '../../database/jobs.ts';
import { insertSubscriptions } from '../../database/subscriptions.ts';
import { hasCode } from '../../database/system-error.ts';
import type { JobRow } from '../../database/tables.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { urisOf } from '../../domain/resolve-job.ts';
import { type AcceptedJob, acceptJob } from '../../events/record.ts';
import type { HttpContext } from '../context.ts';
import { recordSubscriptionEvent } from '../subscriptions/record.ts';
import type { PreparedJob } from './prepare-job.ts';

/** A key and the body it was sent with. */
export interface KeyedRequest {
  readonly key: RequestKey;
  readonly hash: Buffer;
}

/** How long a repeated request waits for the first one (RELIABILITY P2). */
const WAIT_FOR_FIRST_MS = 2_000;

/** PostgreSQL's lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/** The same for every body that means the same: order of fields, blanks and other names of fields do not count. */
export function hashRequest(request: JobRequest): Buffer {
  return createHash('sha256').update(canonicalJson(request)).digest();
}

/** The job that an earlier request with the key made; null when there was none. Throws when its body was another. */
export async function findRepeatedJob(
  { db }: HttpContext,
  { key, hash }: KeyedRequest,
): Promise<JobRow | null> {
  const earlier = await findEarlierRequest(db, key);
  if (earlier === null) return null;
  if (!earlier.requestHash.equals(hash)) throw new ApiError('idempotency.key-reused');
  return findJob(db, earlier.jobId);
}

/**
 * Stores a job together with its key, its subscriptions, its first events and its first task: all or nothing (P1, P2). Null when
 * another request with the same key has committed first. Throws `idempotency.in-progress` when that one takes long.
 */
export async function storeJob(
  context: HttpContext,
  prepared: PreparedJob,
  keyed: KeyedRequest | null,
): Promise<JobRow | null> {
  const { db } = context;
  // One statement is its own transaction.
  if (keyed === null && prepared.subscriptions.length === 0) return accept(context, db, prepared);
  try {
    return await inTransaction(db, async (tx) => {
      if (keyed === null) return accept(context, tx, prepared);
      const earlier = { requestHash: keyed.hash, jobId: prepared.id };
      const isFirst = await claimRequestKey(tx, keyed.key, earlier, WAIT_FOR_FIRST_MS);
      return isFirst ? accept(context, tx, prepared) : null;
    });
  } catch (error) {
    if (hasCode(error, LOCK_NOT_AVAILABLE)) {
      throw new ApiError('idempotency.in-progress', { cause: error });
    }
    throw error;
  }
}

/** The subscriptions first: the job's own CREATED and PENDING are matched with them. */
async function accept(context: HttpContext, tx: Db, prepared: PreparedJob): Promise<JobRow> {
  const { newId, stagingDeadlineMs: deadlineMs } = context;
  for (const subscription of await insertSubscriptions(tx, prepared.subscriptions)) {
    await recordSubscriptionEvent(context, tx, subscription, { name: 'CREATED', by: prepared.owner });
  }
  return acceptJob(tx, { job: toRow(prepared), newId, deadlineMs });
}

function toRow({ id, owner, request, app, resolved }: PreparedJob): AcceptedJob {
  return {
    id,
    name: request.name,
    owner,
    app_id: app.id,
    app_uuid: app.uuid,
    app_revision: app.revision,
    execution_system: app.execution_system,
    batch_queue: resolved.batchQueue,
    node_count: resolved.nodeCount,
    processors_per_node: resolved.processorsPerNode,
    memory_per_node_gb: resolved.memoryPerNodeGb,
    max_run_time_seconds: resolved.maxRunTimeSeconds,
    archive: resolved.archive !== null,
    archive_on_app_error: request.archiveOnAppError,
    archive_system: resolved.archive?.system ?? null,
    archive_path: resolved.archive?.path ?? null,
    inputs: JSON.stringify(urisOf(resolved.inputs)),
    parameters: JSON.stringify(resolved.parameters),
  };
}
