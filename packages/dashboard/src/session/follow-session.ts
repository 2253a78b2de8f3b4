import { computed, effect, untracked } from '@preact/signals';
import { startLive, stopLive } from '../live/live.ts';
import { keep, keptName, readKept } from '../preferences/browser-storage.ts';
import { jobStore } from '../store/jobs.ts';
import { findSession, session } from './session.ts';

const VIEWER = 'viewer';

/** Empty when nobody is signed in; null as long as that is not known. */
const viewerName = computed(() => {
  const state = session.value;
  if (state.kind === 'signed-in') return state.viewer.username;
  return state.kind === 'signed-out' ? '' : null;
});

const isAdministrator = computed(() => session.value.kind === 'signed-in' && session.value.viewer.isAdmin);

/**
 * Follows the stream as long as somebody is signed in. All tabs have one cookie: a tab in which somebody signs in or out
 * tells the others, which then ask who it is.
 */
export function followSession(): void {
  effect(() => {
    const name = viewerName.value;
    // Who becomes an administrator, or ceases to be one, follows another stream.
    const viewer = { name: name ?? '', isAdmin: isAdministrator.value };
    if (name !== null) untracked(() => become(viewer));
  });
  addEventListener('storage', ({ key, newValue }) => {
    if (key === keptName(VIEWER) && newValue !== viewerName.peek()) void findSession();
  });
}

function become({ name, isAdmin }: { readonly name: string; readonly isAdmin: boolean }): void {
  stopLive();
  jobStore.clear();
  if (readKept(VIEWER) !== name) keep(VIEWER, name);
  if (name !== '') startLive({ isAdmin }, () => void findSession());
}
