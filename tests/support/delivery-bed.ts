import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { DeliveryView, JobView, NotificationView } from '../../packages/contract/src/index.ts';
import { type Db, openDatabase } from '../../packages/server/src/database/connection.ts';
import { createIdSource, type NewId } from '../../packages/server/src/domain/id-source.ts';
import { recordJobEvent } from '../../packages/server/src/events/record.ts';
import { type Api, jobEnd, registerApp, submitJob } from './api.ts';
import { eventually } from './eventually.ts';
import { FaultBed } from './fault-bed.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

/** The event that a message tells of. */
export interface ToldEvent {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly created: string;
  readonly description: string | null;
  readonly missed?: readonly number[];
}

/** Services on one database, a receiver they may call, and an ended job whose events are made at will. */
export interface DeliveryBed extends AsyncDisposable {
  readonly faults: FaultBed;
  readonly api: Api;
  readonly receiver: Receiver;
  readonly db: Db;
  readonly appId: string;
  /** An ended job. */
  job(): Promise<JobView>;
  subscribe(
    associatedUuid: string,
    path: string,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<NotificationView>;
  show(id: string): Promise<NotificationView>;
  /** Commits one event for each name; the service finds them at its next look. */
  happen(job: JobView, ...names: readonly string[]): Promise<void>;
  /** What the receiver has got at a path, in the order of arrival. */
  got(path: string): readonly Received[];
  /** What became of every event that matched, oldest first. */
  deliveries(id: string): Promise<readonly DeliveryView[]>;
  /** Waits until a subscription has nothing pending. */
  settled(id: string, timeoutMs?: number): Promise<readonly DeliveryView[]>;
}

/** Settings of services that may call receivers of the test. */
export const LOOPBACK_ALLOWED = { ARRAS_EGRESS_ALLOW: '127.0.0.0/8' } as const;

export async function openDeliveryBed(
  environment: Readonly<Record<string, string>> = {},
): Promise<DeliveryBed> {
  const faults = await FaultBed.open({ environment: { ...LOOPBACK_ALLOWED, ...environment } });
  const receiver = await startReceiver();
  const { api } = faults;
  const db = openDatabase(faults.pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const appId = await registerApp(api, faults.systems, { name: 'noop', template: 'exit 0\n' });
  const deliveries = async (id: string) => {
    const listed = await api.call<DeliveryView[]>('GET', `/notifications/v2/${id}/deliveries?limit=250`);
    return listed.reverse();
  };
  return {
    faults,
    api,
    receiver,
    db,
    appId,
    job: async () => jobEnd(api, (await submitJob(api, appId)).id),
    subscribe: (associatedUuid, path, more = {}) =>
      api.call<NotificationView>('POST', '/notifications/v2', {
        associatedUuid,
        event: '*',
        url: path.includes('@') || path.startsWith('http') ? path : `${receiver.url}${path}`,
        persistent: true,
        ...more,
      }),
    show: (id) => api.call<NotificationView>('GET', `/notifications/v2/${id}`),
    happen: (job, ...names) => happen(db, newId, job, names),
    got: (path) => receiver.received.filter((request) => request.path === path),
    deliveries,
    settled: (id, timeoutMs = 15_000) => {
      const check = async () => {
        const all = await deliveries(id);
        const waiting = all.filter(({ state }) => state === 'pending');
        return waiting.length === 0 ? all : assert.fail(`${waiting.length} of ${all.length} are pending`);
      };
      return eventually(`everything for ${id} is settled`, check, { timeoutMs, intervalMs: 50 });
    },
    [Symbol.asyncDispose]: async () => {
      await faults[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

async function happen(db: Db, newId: NewId, job: JobView, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const event = { name, description: `It was ${name}`, by: 'ada' };
    await recordJobEvent(db, newId, { job: { id: job.id, status: 'FINISHED' }, ...event });
  }
}

/** The event in a webhook's body. */
export function eventOf({ body }: Received): ToldEvent {
  return (JSON.parse(body) as { readonly event: ToldEvent }).event;
}

/** SHA-256 of a body. */
export function hashOf({ body }: Received): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The same event for the same subscription has the same bytes, whenever and by whomever it was sent (P17). */
export function checkSameBytes(received: readonly Received[]): void {
  const hashes = new Map<string, string>();
  for (const request of received) {
    const key = `${eventOf(request).id} ${String(request.headers['x-agave-notification'])}`;
    assert.equal(hashOf(request), hashes.get(key) ?? hashOf(request), `other bytes for ${key}`);
    hashes.set(key, hashOf(request));
  }
}

/** Events in the order in which each was first tried (P16). */
export function firstTries(received: readonly Received[]): readonly number[] {
  return [...new Set(received.map((request) => eventOf(request).seq))];
}

/**
 * Every event of a job that has a subscription to everything, made after it, has exactly one delivery that is no
 * replay; and each such delivery is delivered, pending, parked or cancelled (P15).
 */
export async function checkMatched({ faults }: Pick<DeliveryBed, 'faults'>): Promise<void> {
  const { rows } = await faults.pool.query<{ problem: string }>(`
    select format('%s of %s has %s deliveries for %s', e.name, e.job_id, count(d.delivery_id), s.id) as problem
    from job_events e
    join subscriptions s
      on s.associated_uuid = e.job_id and s.event = '*' and s.persistent and s.status = 'ACTIVE'
        and s.created_at <= e.created_at
    left join deliveries d on d.subscription_id = s.id and d.event_id = e.id and not d.replay
    group by e.name, e.job_id, e.id, s.id
    having count(d.delivery_id) <> 1
    union all
    select format('%s matches are %s', count(*), jsonb_agg(distinct status)) as problem
    from deliveries
    where not replay
    having count(*) <> count(*) filter (where status = 'delivered') + count(*) filter (where status = 'pending')
      + count(*) filter (where status = 'parked') + count(*) filter (where status = 'cancelled')
    limit 5`);
  assert.deepEqual(rows, []);
}
