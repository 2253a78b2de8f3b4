import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { JobId, NotificationId } from '../packages/contract/src/index.ts';
import { createSecretBox } from '../packages/server/src/auth/secret-box.ts';
import { sealFor } from '../packages/server/src/auth/subscription-secrets.ts';
import { formatSigningSecret } from '../packages/server/src/channels/signature.ts';
import { composeNotifications, type Notifications } from '../packages/server/src/compose-notifications.ts';
import { readConfig } from '../packages/server/src/config.ts';
import { listenToChanges } from '../packages/server/src/database/changes.ts';
import { type Db, openDatabase, openPool } from '../packages/server/src/database/connection.ts';
import { appendJobEvents } from '../packages/server/src/database/jobs.ts';
import { insertSubscriptions, type NewSubscription } from '../packages/server/src/database/subscriptions.ts';
import { createIdSource, type NewId } from '../packages/server/src/domain/id-source.ts';
import { createTimeFormat } from '../packages/server/src/domain/timestamp.ts';
import { LiveFeed } from '../packages/server/src/events/feed.ts';
import { createTestDatabase } from '../tests/support/database.ts';
import { eventually } from '../tests/support/eventually.ts';
import { openStore } from '../tests/support/stored-job.ts';
import type { ReceiverAnswer, ReceiverOrder } from './receiver-process.ts';

/** A job whose events are told to one subscription. */
export interface ToldJob {
  readonly jobId: JobId;
  readonly subscriptionId: NotificationId;
}

/** The delivery of events without the engine, over a real database, and a receiver in a process of its own. */
export interface DeliveryBenchBed extends AsyncDisposable {
  readonly db: Db;
  /** Address of a receiver's endpoint; there are as many different hosts as were asked for. */
  endpoint(index: number): string;
  /** Stores a job and its subscription to everything. */
  tell(url: string): Promise<ToldJob>;
  /** Commits so many events and returns the id of the last one's message and when the commit was known. */
  happen(job: ToldJob, count?: number): Promise<{ readonly messageId: string; readonly committedAt: number }>;
  /** Begins to deliver; ended by disposal. */
  dispatch(): Notifications;
  /** Messages that have arrived since the last call, with the time of their first arrival. */
  arrivals(): Promise<ReadonlyMap<string, number>>;
  /** Waits until nothing is pending that has not been tried. */
  drained(timeoutMs: number): Promise<void>;
}

export async function openDeliveryBench(hosts: number): Promise<DeliveryBenchBed> {
  const database = await createTestDatabase();
  const pool = openPool(database.connection, { max: 20, onError: () => undefined });
  const db = openDatabase(pool);
  const store = await openStore(database.pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const secrets = createSecretBox({ keys: [randomBytes(32)], randomBytes });
  const receiver = fork(join(import.meta.dirname, 'receiver-process.ts'), [String(hosts)]);
  const [{ port }] = (await once(receiver, 'message')) as [{ port: number }];
  return {
    db,
    endpoint: (index) => `http://127.1.${Math.floor(index / 250)}.${(index % 250) + 1}:${port}`,
    tell: async (url) => {
      const job = await store.accept();
      const id = newId('notification');
      const secret = sealFor(secrets, id, 'secret', formatSigningSecret(randomBytes(32)));
      await insertSubscriptions(db, [subscription({ id, jobId: job.id, url, secret })]);
      return { jobId: job.id, subscriptionId: id };
    },
    happen: (job, count = 1) => happen(db, newId, job, count),
    dispatch: () => {
      const log = pino({ level: 'warn' }, pino.destination(2));
      const feed = new LiveFeed({ db, replica: 'bench', log });
      listenToChanges(db, feed.publish);
      const notifications = composeNotifications({
        config: readConfig({ ARRAS_EGRESS_ALLOW: '127.0.0.0/8' }),
        db,
        log,
        newId,
        view: {
          publicUrl: () => 'https://jobs.example.org',
          tenant: 'arras',
          formatTime: createTimeFormat('UTC'),
        },
        replica: 'bench',
        secrets,
        metrics: new Registry(),
        feed,
      });
      notifications.start();
      return notifications;
    },
    arrivals: async () => {
      const { arrivals } = await ask(receiver, 'take');
      // The first of each: later ones are retries.
      return new Map([...arrivals].reverse());
    },
    drained: async (timeoutMs) => {
      const check = async () => {
        const { rows } = await pool.query(
          "select 1 from deliveries where status = 'pending' and attempts = 0 and owner_replica is null limit 1",
        );
        return rows.length === 0;
      };
      await eventually('all events are told', check, { timeoutMs, intervalMs: 50 });
    },
    [Symbol.asyncDispose]: async () => {
      receiver.disconnect();
      await once(receiver, 'exit');
      await pool.end();
      await database.drop();
    },
  };
}

function subscription(parts: {
  readonly id: NotificationId;
  readonly jobId: JobId;
  readonly url: string;
  readonly secret: string | null;
}): NewSubscription {
  const { id, jobId, url, secret } = parts;
  return {
    id,
    owner: 'ada',
    associated_uuid: jobId,
    resource_kind: 'job',
    event: '*',
    url,
    channel: 'webhook',
    persistent: true,
    policy: JSON.stringify({
      retryStrategy: 'EXPONENTIAL',
      retryLimit: 90,
      retryRate: 5,
      retryDelay: 0,
      saveOnFailure: true,
    }),
    secret,
  };
}

async function happen(db: Db, newId: NewId, { jobId, subscriptionId }: ToldJob, count: number) {
  const events = Array.from({ length: count }, () => ({
    id: newId('jobEvent'),
    name: 'HEARTBEAT',
    status: 'RUNNING' as const,
    description: 'Job is alive',
    inHistory: true,
    transferId: null,
    createdBy: 'ada',
  }));
  await appendJobEvents(db, jobId, events);
  const committedAt = performance.timeOrigin + performance.now();
  return { messageId: `${events.at(-1)?.id}.${subscriptionId}`, committedAt };
}

async function ask(receiver: ChildProcess, order: ReceiverOrder): Promise<ReceiverAnswer> {
  const answered = once(receiver, 'message') as Promise<[ReceiverAnswer]>;
  receiver.send(order);
  const [answer] = await answered;
  return answer;
}
