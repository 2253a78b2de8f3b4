import { signal } from '@preact/signals';
import { readClockOffset } from './server-clock.ts';

let offsetMs = 0;

/** The time of the service, as well as it is known, in milliseconds. */
export function serverNowMs(): number {
  return Date.now() + offsetMs;
}

/** The same as a signal that moves once a second while the page can be seen: for ages and durations. */
export const nowMs = signal(serverNowMs());

/** Corrects the clock by an answer of the service. */
export function noteServerTime(
  date: string | null,
  times: { readonly sentMs: number; readonly receivedMs: number },
): void {
  offsetMs = readClockOffset(date, times) ?? offsetMs;
}

/** Starts the ticking. */
export function startClock(): void {
  const tick = () => {
    if (document.visibilityState === 'visible') nowMs.value = serverNowMs();
  };
  setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
}
