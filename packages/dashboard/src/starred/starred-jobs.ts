import { type JobEvent, STATUS_LOOKS } from '@arras/contract';
import { signal } from '@preact/signals';
import { onJobEvent } from '../live/live.ts';
import { keep, keptName, readKept } from '../preferences/browser-storage.ts';
import { navigate } from '../routing/place.ts';
import { parseStars, toggleStar } from './star-list.ts';

const KEPT = 'starred';

/** The jobs whose end the user wants to be told of by the browser, in this browser. */
export const starred = signal<readonly string[]>(parseStars(readKept(KEPT)));

/** Whether the browser may tell: only the user can allow it, and some connections and browsers cannot at all. */
export function canNotify(): NotificationPermission | 'unsupported' {
  return 'Notification' in globalThis && isSecureContext ? Notification.permission : 'unsupported';
}

/** Gives a job a star or takes it away. The first star asks whether the browser may tell of the end; gives the answer. */
export async function star(id: string): Promise<NotificationPermission | 'unsupported'> {
  // Another tab may have changed it.
  starred.value = toggleStar(parseStars(readKept(KEPT)), id);
  keep(KEPT, JSON.stringify(starred.value));
  if (!starred.value.includes(id) || canNotify() !== 'default') return canNotify();
  return Notification.requestPermission();
}

/** Begins to tell of the ends of starred jobs, also of those starred in other tabs. */
export function followStarred(): void {
  addEventListener('storage', () => (starred.value = parseStars(readKept(KEPT))));
  onJobEvent((event) => {
    if (isEnd(event) && starred.peek().includes(event.job.id) && canNotify() === 'granted')
      void tellOnce(event);
  });
}

function isEnd({ name, status }: JobEvent): boolean {
  return name === status && STATUS_LOOKS[status].phase === 'done' && !status.startsWith('ARCHIVING');
}

/** Tabs hear of an event within this time of each other, in milliseconds, but for those that the browser has frozen. */
const TOLD_MS = 60_000;

/**
 * Every tab hears of it, and one tells: the one that gets the lock. A tab that was frozen comes later and tells again;
 * the tag makes one notification of it.
 */
async function tellOnce(event: JobEvent): Promise<void> {
  const name = keptName(`told-${event.job.id}-${event.seq}`);
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    tell(event);
    await new Promise((resolve) => setTimeout(resolve, TOLD_MS));
  });
}

function tell({ job, status, description }: JobEvent): void {
  const notification = new Notification(
    `${STATUS_LOOKS[status].symbol} ${status} ${job.name}`.slice(0, 200),
    {
      tag: `arras-${job.id}`,
      body: description ?? '',
    },
  );
  notification.addEventListener('click', () => {
    window.focus();
    navigate(`/ui/jobs/${job.id}`);
    notification.close();
  });
}
