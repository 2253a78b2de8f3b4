import { live, pauseLive, resumeLive } from '../live/live.ts';
import { nowMs } from '../ui/clock.ts';
import { formatDuration } from '../ui/quantities.ts';
import { isStale } from './staleness.ts';
import './live-pill.css';

const SYMBOLS = { live: '●', reconnecting: '◌', offline: '✗', paused: '‖' } as const;

/** How fresh the page is, and a switch that holds it as it is. */
export function LivePill() {
  const { state, asOf } = live.value;
  // Read for its ticking; the age is measured by this browser's own clock.
  const tick = nowMs.value;
  const age = formatDuration((tick === 0 ? 0 : Date.now() - asOf) / 1_000);
  const isPaused = state === 'paused';
  return (
    <button
      type="button"
      class={`live-pill live-pill-${state}`}
      title={isPaused ? 'Go on' : 'Pause: hold the page as it is'}
      data-stale={isStale(live.value, Date.now())}
      onClick={isPaused ? resumeLive : pauseLive}
    >
      <span aria-hidden="true">{SYMBOLS[state]}</span> {state}
      <span class="live-pill-age"> · {state === 'live' ? `${age} ago` : `stale ${age}`}</span>
    </button>
  );
}
