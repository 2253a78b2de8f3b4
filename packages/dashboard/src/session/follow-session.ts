import { computed, effect, untracked } from '@preact/signals';
import { startLive, stopLive } from '../live/live.ts';
import { keep, readKept } from '../preferences/browser-storage.ts';
import { jobStore } from '../store/jobs.ts';
import { findSession, session } from './session.ts';

const VIEWER = 'viewer';

/** Empty when nobody is signed in; null as long as that is not known. */
const viewerName = computed(() => {
  const state = session.value;
  if (state.kind === 'signed-in') return state.viewer.username;
  return state.kind === 'signed-out' ? '' : null;
});

/**
 * Follows the stream as long as somebody is signed in. All tabs have one cookie: a tab in which somebody signs in or out
 * tells the others, which then ask who it is.
 */
export function followSession(): void {
  effect(() => {
    const name = viewerName.value;
    if (name !== null) untracked(() => become(name));
  });
  addEventListener('storage', ({ key, newValue }) => {
    if (key === `arras.${VIEWER}` && newValue !== viewerName.peek()) void findSession();
  });
}

function become(name: string): void {
  stopLive();
  jobStore.clear();
  if (readKept(VIEWER) !== name) keep(VIEWER, name);
  if (name !== '') startLive(() => void findSession());
}
