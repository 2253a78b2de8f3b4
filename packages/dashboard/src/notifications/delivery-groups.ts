import type { AttemptError, DeliveryView } from '@arras/contract';
import type { AttemptRow } from './read-attempts.ts';

/** What became of one event for one subscription: the delivery, its replays, and every attempt at them. */
export interface DeliveryGroup {
  readonly eventId: string;
  readonly event: string;
  readonly seq: number;
  readonly created: string;
  readonly description: string | null;
  /** The newest of the delivery and its replays: what holds now. */
  readonly delivery: DeliveryView;
  readonly replays: number;
  /** Oldest first. */
  readonly attempts: readonly AttemptRow[];
}

/** The deliveries of a subscription by their events, newest event first. `deliveries` come newest first, as listed. */
export function groupDeliveries(
  deliveries: readonly DeliveryView[],
  attempts: readonly AttemptRow[],
): readonly DeliveryGroup[] {
  const attemptsOf = Map.groupBy(attempts, ({ eventId }) => eventId);
  return [...Map.groupBy(deliveries, ({ eventId }) => eventId)].flatMap(([eventId, all]) => {
    const [delivery] = all;
    if (delivery === undefined) return [];
    const { event, seq, created, description } = delivery;
    const replays = all.filter(({ replay }) => replay).length;
    return [
      {
        eventId,
        event,
        seq,
        created,
        description,
        delivery,
        replays,
        attempts: oldestFirst(attemptsOf.get(eventId)),
      },
    ];
  });
}

/** Attempts that belong to no event of the list: tests, and messages sent on demand; newest first. */
export function looseAttempts(
  groups: readonly DeliveryGroup[],
  attempts: readonly AttemptRow[],
): readonly AttemptRow[] {
  const known = new Set(groups.map(({ eventId }) => eventId));
  return attempts.filter(({ eventId }) => eventId === null || !known.has(eventId));
}

function oldestFirst(attempts: readonly AttemptRow[] = []): readonly AttemptRow[] {
  return attempts.toSorted((one, other) => Date.parse(one.startTime) - Date.parse(other.startTime));
}

/** What it means that nobody answered, by how far the call came. */
const UNREACHABLE: Readonly<Partial<Record<AttemptError, string>>> = {
  dns: 'DNS: the name of the host could not be looked up. Nobody has seen it.',
  connect: 'No connection to the host. Nobody has seen it.',
  tls: 'TLS: no encryption, or a certificate that is not believed. Nobody has seen it.',
  timeout: 'No whole answer in time. Somebody may have seen it.',
  'cut-off': 'The connection broke before the answer. Somebody may have seen it.',
  http: 'What came back is no HTTP. Somebody may have seen it.',
  smtp: 'The mail server did not let this service send.',
};

const UNKNOWN = 'No answer: name, connection or certificate. Nobody may have seen it.';

/** What kind of trouble an attempt met, in words; null when it arrived. */
export function troubleOf({
  outcome,
  errorClass,
  response: { code },
}: Pick<AttemptRow, 'outcome' | 'errorClass' | 'response'>): string | null {
  if (outcome === 'delivered') return null;
  if (outcome === 'blocked') return 'The address must not be reached: nothing was sent.';
  if (outcome === 'unreachable') return (errorClass && UNREACHABLE[errorClass]) ?? UNKNOWN;
  if (errorClass === 'smtp') return 'The mail server did not take it.';
  if (code === 410) return 'The receiver says that it is gone for good.';
  if (code === 429) return 'The receiver wants fewer messages at once.';
  if (code === 401 || code === 403) return 'The receiver does not let this service in.';
  if (code >= 500) return 'The receiver failed.';
  return code >= 300 && code < 400
    ? 'The receiver points elsewhere; redirections are not followed.'
    : 'The receiver refused it.';
}

/** How long an attempt took, in milliseconds. */
export function attemptMs({ startTime, endTime }: Pick<AttemptRow, 'startTime' | 'endTime'>): number {
  return Math.max(0, Date.parse(endTime) - Date.parse(startTime));
}

/** Looks while something is under way come at least this often and at most so seldom, in milliseconds. */
const SOONEST_MS = 1_000;
const LATEST_MS = 30_000;

/**
 * When to look again, in milliseconds: soon where an attempt is due, seldom where the next one is far, never (null)
 * where everything is settled. Deliveries are in no stream.
 */
export function nextLookMs(deliveries: readonly DeliveryView[], nowMs: number): number | null {
  const due = deliveries.flatMap(({ state, nextAt }) =>
    state === 'pending' ? [nextAt === null ? nowMs : Date.parse(nextAt)] : [],
  );
  if (due.length === 0) return null;
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.min(...due) - nowMs + SOONEST_MS));
}
