/** What stands for every event, and for every resource. */
export const ANY = '*';

/** Whose events a subscription waits for. */
export interface Wanted {
  /** A resource's id, or `*`. */
  readonly associatedUuid: string;
  /** An event's name as it was given, or `*`. Case counts. */
  readonly event: string;
}

/** One thing that happened to one resource. */
export interface Happened {
  readonly resourceUuid: string;
  readonly name: string;
}

/** Whether a subscription waits for an event (spec: notifications 5). Only active ones are asked. */
export function isMatch({ associatedUuid, event }: Wanted, happened: Happened): boolean {
  const isResource = associatedUuid === ANY || associatedUuid === happened.resourceUuid;
  return isResource && (event === ANY || event === happened.name);
}

/** Where the events of a job are told once more, and under which name (spec: lifecycle 8.3). */
interface Mirror {
  readonly name: string;
  readonly on: readonly ('system' | 'app')[];
}

// The original tells JOB_CREATED at PENDING because it has no CREATED; a job can be PENDING more than once.
const MIRRORS: Readonly<Record<string, Mirror>> = {
  CREATED: { name: 'JOB_CREATED', on: ['system', 'app'] },
  QUEUED: { name: 'JOB_QUEUED', on: ['system'] },
  RUNNING: { name: 'JOB_RUNNING', on: ['system'] },
  FINISHED: { name: 'JOB_FINISHED', on: ['system'] },
  FAILED: { name: 'JOB_FAILED', on: ['system'] },
  STOPPED: { name: 'JOB_STOPPED', on: ['system'] },
  PAUSED: { name: 'JOB_PAUSED', on: ['system'] },
  EMPTY_STATUS_RESPONSE: { name: 'JOB_EMPTY_STATUS_RESPONSE', on: ['system'] },
  UNKNOWN_TERMINATION: { name: 'JOB_UNKNOWN_TERMINATION', on: ['system'] },
  REMOTE_STATUS_CHANGE: { name: 'JOB_REMOTE_STATUS_CHANGE', on: ['system'] },
};

/** The events that an event of a job is on its execution system and its app; empty for most. */
export function mirrorsOf(
  jobEvent: string,
  uuids: { readonly system: string | null; readonly app: string | null },
): Happened[] {
  const mirror = Object.hasOwn(MIRRORS, jobEvent) ? MIRRORS[jobEvent] : undefined;
  if (mirror === undefined) return [];
  return mirror.on.flatMap((kind) => {
    const resourceUuid = uuids[kind];
    return resourceUuid === null ? [] : [{ resourceUuid, name: mirror.name }];
  });
}

/** A subscription's status (spec: notifications 5). */
export type SubscriptionStatus = 'ACTIVE' | 'INACTIVE' | 'COMPLETE' | 'FAILED';

/** How the sending of one event ended: taken, given up, or the endpoint wants nothing any more (410). */
export type DeliveryEnd = 'delivered' | 'exhausted' | 'gone';

/**
 * What a subscription becomes when the sending of one event ended (DECISIONS, "Exhausted event"). A one-shot
 * subscription is over either way; a persistent one goes on. When the status is no longer ACTIVE, what it still had
 * to send is cancelled.
 */
export function statusAfter(
  { persistent }: { readonly persistent: boolean },
  end: DeliveryEnd,
): SubscriptionStatus {
  if (end === 'gone') return 'INACTIVE';
  if (persistent) return 'ACTIVE';
  return end === 'delivered' ? 'COMPLETE' : 'FAILED';
}
