import type { AddressInfo } from 'node:net';
import type { JobId } from '../../packages/contract/src/index.ts';
import { openChannels } from '../../packages/server/src/compose-realtime.ts';
import { insertApp } from '../../packages/server/src/database/apps.ts';
import { inTransaction } from '../../packages/server/src/database/connection.ts';
import { findJob } from '../../packages/server/src/database/jobs.ts';
import type { JobRow } from '../../packages/server/src/database/tables.ts';
import { acceptJob, deleteJob, recordJobEvent } from '../../packages/server/src/events/record.ts';
import { createTransition } from '../../packages/server/src/events/transition.ts';
import { type BedUser, type HttpBed, openHttpBed } from './http-bed.ts';
import { SseClient } from './sse-client.ts';

/** The HTTP edge on a port, with jobs whose events the test makes itself. */
export interface StreamBed {
  readonly bed: HttpBed;
  readonly url: string;
  /** Takes WebSockets. */
  readonly gate: AsyncDisposable;
  /** A new job of a user: two events. */
  accept(owner?: BedUser, name?: string): Promise<JobRow>;
  /** One more event of the job; its status stays. */
  happen(id: JobId, name?: string): Promise<void>;
  /** Moves the job to its end: one event. */
  stop(id: JobId): Promise<void>;
  remove(job: JobRow): Promise<void>;
  open(path: string, as?: BedUser, headers?: Readonly<Record<string, string>>): Promise<SseClient>;
  close(): Promise<void>;
}

export async function openStreamBed(): Promise<StreamBed> {
  const bed = await openHttpBed();
  const { db, context, server, tokens } = bed;
  const { newId } = context;
  const gate = openChannels({ server: server.server, context });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const app = { uuid: newId('app'), id: 'noop-1.0', owner: 'root', execution_system: 'local' };
  await inTransaction(db, (tx) => insertApp(tx, app, {}));
  const transition = createTransition({ db, newId, deadlines: () => 60_000 });
  const clients: SseClient[] = [];
  return {
    bed,
    url,
    gate,
    accept: (owner = 'ada', name = 'streamed job') =>
      inTransaction(db, (tx) => {
        const job = {
          id: newId('job'),
          name,
          owner,
          app_id: app.id,
          app_uuid: app.uuid,
          app_revision: 1,
          execution_system: 'local',
          node_count: 1,
          processors_per_node: 1,
          archive: false,
          inputs: '{}',
          parameters: '{}',
        };
        return acceptJob(tx, { job, newId, deadlineMs: 60_000 });
      }),
    async happen(id, name = 'HEARTBEAT') {
      const job = await findJob(db, id);
      if (job !== null) await recordJobEvent(db, newId, { job, name, description: 'it happened', by: 'ada' });
    },
    async stop(id) {
      const job = await findJob(db, id);
      if (job !== null) await transition({ job, moves: [{ to: 'STOPPED' }], by: 'ada' });
    },
    async remove(job) {
      await inTransaction(db, (tx) => deleteJob(tx, { jobId: job.id, by: 'ada', newId, job }));
    },
    async open(path, as = 'ada', headers = {}) {
      const client = await SseClient.open({ url: `${url}${path}`, token: tokens[as], headers });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await gate[Symbol.asyncDispose]();
      await bed.close();
    },
  };
}
