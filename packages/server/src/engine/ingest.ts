import type { FileStatus } from '@arras/contract';
import { inTransaction } from '../database/connection.ts';
import {
  type FileTransferProgress,
  keepFileTransfer,
  leaveFileTransfer,
  type TakenFileTransfer,
  takeFileTransfer,
} from '../database/file-transfers.ts';
import { queueTasks } from '../database/queue.ts';
import { classifyFailure } from '../domain/failure.ts';
import { MAX_INGEST_ATTEMPTS, retryDelayMs } from '../domain/retry.ts';
import { recordFile } from '../events/record-file.ts';
import { copyTree } from '../storage/transfer.ts';
import type { TransferProgress } from '../storage/transfer-progress.ts';
import type { EngineContext } from './context.ts';
import { findInput } from './find-input.ts';
import { discardParts, type IngestEnds, notePart } from './ingest-parts.ts';
import { StallWatch } from './stall-watch.ts';

/**
 * Brings content to a path of the Files API: an import or a copy. Whoever takes a transfer keeps it by saying again and
 * again how far it is; when that ends, somebody else goes on with it (RELIABILITY R2). Two may work on one for a moment:
 * each writes whole files of the same content, and only one of them can say how it ended.
 */
export async function ingest(context: EngineContext, id: string): Promise<void> {
  const taken = await takeFileTransfer(context.db, id);
  if (taken === null) return;
  const hold = new Hold(context, taken);
  try {
    await say(context, taken, { status: 'STAGING', description: `Attempt ${taken.transfer.attempts}` });
    await copy(context, taken, hold);
    await hold.end();
    await finish(context, taken, hold.progress);
  } catch (error) {
    await hold.end();
    await putOffOrFail(context, taken, hold, error);
  }
}

async function copy(context: EngineContext, taken: TakenFileTransfer, hold: Hold): Promise<void> {
  const { transfer, file, systemId } = taken;
  const source = await findInput(context, transfer.source);
  const to = await context.targets.getPlace(systemId);
  const systems = [source.place.systemId, to.systemId];
  const release = await context.slots.acquire({ jobId: transfer.id, systems }, hold.signal);
  try {
    hold.partKey = await notePart(context, taken, { source, to });
    await copyWatched(context, taken, { hold, source, to });
    // An empty directory has nothing that makes it appear.
    if (file.format === 'folder') await to.storage.makeDirectory(file.path);
  } finally {
    release();
  }
}

/** Breaks the copy off when nothing has come for too long. */
async function copyWatched(
  context: EngineContext,
  { transfer, file }: TakenFileTransfer,
  { hold, source, to }: IngestEnds & { readonly hold: Hold },
): Promise<void> {
  const watch = new StallWatch(context.times, {
    writer: hold,
    onStall: (stalledMs) =>
      context.log.warn({ transferId: transfer.id, source: transfer.source, stalledMs }, 'transfer.stalled'),
    source: transfer.source,
  });
  try {
    await copyTree({
      from: source.place.storage,
      fromPath: source.path,
      // A storage copies by itself only within itself.
      to: source.place.filesKey === to.filesKey ? source.place.storage : to.storage,
      toPath: file.path,
      transferKey: transfer.id,
      onProgress: (progress) => watch.take(progress),
      signal: AbortSignal.any([hold.signal, watch.signal]),
    });
  } catch (error) {
    // However a storage words it that it was told to stop.
    watch.signal.throwIfAborted();
    throw error;
  } finally {
    watch.stop();
  }
}

/** Milliseconds between two signs of life: several fit into the time after which others take over. */
const KEEP_EVERY_MS = 3_000;

/** Keeps a transfer while it is worked on, and writes how far it is. */
class Hold {
  readonly signal: AbortSignal;
  progress: FileTransferProgress | null = null;
  partKey: string | null = null;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #keep: () => Promise<void>;
  #keeping: Promise<void> | null = null;

  constructor({ db, leases, log }: EngineContext, { transfer }: TakenFileTransfer) {
    this.signal = AbortSignal.any([this.#lost.signal, leases.stopping]);
    this.#keep = async () => {
      try {
        const kept = await keepFileTransfer(db, transfer, this.progress);
        if (!kept) this.#lost.abort(new Error('another process has taken this transfer'));
      } catch (error) {
        // The next one may get through; if none does, others take over and this one can say nothing any more.
        log.warn({ transferId: transfer.id, err: error }, 'ingest.keep');
      }
    };
    this.#timer = setInterval(() => void this.write(), KEEP_EVERY_MS);
  }

  take({ totalFiles, totalBytes, bytesTransferred, activeTransfers }: TransferProgress): void {
    this.progress = {
      total_files: totalFiles,
      // A file whose size was unknown is as large as what has come of it.
      total_bytes: Math.max(totalBytes, bytesTransferred),
      transferred_bytes: Math.max(0, bytesTransferred),
      active_transfers: activeTransfers,
    };
  }

  /** One row at a time. */
  write(): Promise<void> {
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = null;
    });
    return this.#keeping;
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeping;
  }
}

async function finish(
  context: EngineContext,
  taken: TakenFileTransfer,
  progress: FileTransferProgress | null,
): Promise<void> {
  const { source } = taken.transfer;
  await leave(
    context,
    taken,
    { againMs: null, progress },
    {
      status: 'STAGING_COMPLETED',
      description: `${source} was copied: ${progress?.transferred_bytes ?? 0} bytes`,
    },
  );
}

async function putOffOrFail(
  context: EngineContext,
  taken: TakenFileTransfer,
  hold: Hold,
  error: unknown,
): Promise<void> {
  const { progress } = hold;
  const { attempts, id } = taken.transfer;
  if (context.leases.stopping.aborted) {
    const queued = {
      status: 'STAGING_QUEUED',
      description: 'It waits for another process of the service',
    } as const;
    return leave(context, taken, { againMs: 0, progress, undone: true }, queued);
  }
  // Whoever has it now tells how it ends.
  if (hold.signal.aborted) return;
  const { retry, reason } = classifyFailure(error);
  context.log.warn({ transferId: id, attempts, retry, reason }, 'ingest.failed');
  if (retry === 'permanent' || attempts >= MAX_INGEST_ATTEMPTS) {
    await discardParts(context, taken, hold.partKey);
    return leave(
      context,
      taken,
      { againMs: null, progress },
      { status: 'STAGING_FAILED', description: reason },
    );
  }
  const againMs = retryDelayMs(attempts);
  const description = `Attempt ${attempts} failed: ${reason}. The next is made in ${againMs / 1_000} s`;
  await leave(context, taken, { againMs, progress }, { status: 'STAGING_QUEUED', description });
}

interface Saying {
  readonly status: FileStatus;
  readonly description: string;
}

/** Gives a transfer up and says why; nothing when somebody else has it. */
async function leave(
  context: EngineContext,
  taken: TakenFileTransfer,
  change: Parameters<typeof leaveFileTransfer>[2],
  saying: Saying,
): Promise<void> {
  const { id } = taken.transfer;
  await inTransaction(context.db, async (tx) => {
    if (!(await leaveFileTransfer(tx, taken.transfer, change))) return;
    await record(tx, context, taken, saying);
    if (change.againMs !== null)
      await queueTasks(tx, [{ task: 'ingest', subject: id, delayMs: change.againMs }]);
  });
}

async function say(context: EngineContext, taken: TakenFileTransfer, saying: Saying): Promise<void> {
  await inTransaction(context.db, (tx) => record(tx, context, taken, saying));
}

async function record(
  tx: EngineContext['db'],
  { newId, service }: EngineContext,
  { transfer, file, systemId }: TakenFileTransfer,
  { status, description }: Saying,
): Promise<void> {
  await recordFile(
    tx,
    { newId, view: service },
    {
      systemUuid: file.system_uuid,
      systemId,
      path: file.path,
      events: [{ name: status, description }],
      state: { owner: transfer.username, format: file.format, status, source: transfer.source },
      by: transfer.username,
    },
  );
}
