import { signal } from '@preact/signals';
import type { ApiFailure } from '../api/api-failure.ts';
import './toasts.css';

interface Toast {
  readonly id: number;
  readonly message: string;
  readonly isFailure: boolean;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

const SHOWN_MS = 6_000;
const MOST = 4;

/** Says something at the edge of the page, for some seconds. */
export function say(message: string): void {
  const id = show(message, false);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Says what did not work; it stays until somebody takes it away. */
export function sayFailure(failure: ApiFailure): void {
  const { message, problems, requestId } = failure.facts;
  const details = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const request = requestId === null ? '' : ` (request ${requestId})`;
  show(`${message}${details === '' ? '' : ` ${details}`}${request}`, true);
}

function show(message: string, isFailure: boolean): number {
  lastId += 1;
  toasts.value = [...toasts.value, { id: lastId, message, isFailure }].slice(-MOST);
  return lastId;
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Where toasts appear: once, in the frame. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, message, isFailure }) => (
        <div key={id} class={isFailure ? 'toasts-toast toasts-failure' : 'toasts-toast'}>
          <span>
            {isFailure && <span aria-hidden="true">✗ </span>}
            {message}
          </span>
          <button type="button" class="button button-quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <span aria-hidden="true">✕</span>
          </button>
        </div>
      ))}
    </div>
  );
}
