import { signal } from '@preact/signals';

/** A screen reader is told at most this often, in milliseconds. */
const EVERY_MS = 5_000;

const spoken = signal('');
let waiting: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells screen readers something that happened by itself; of several within five seconds the last. */
export function announce(text: string): void {
  waiting = text;
  if (timer === undefined) speak();
}

function speak(): void {
  timer = undefined;
  if (waiting === null) return;
  spoken.value = waiting;
  waiting = null;
  timer = setTimeout(speak, EVERY_MS);
}

/** Where it is read from: once, in the frame. */
export function Announcer() {
  return (
    <div class="visually-hidden" aria-live="polite">
      {spoken.value}
    </div>
  );
}
