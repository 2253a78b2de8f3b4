import type { JobRequestBody, ResolvedJobRequest } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { noteFailure } from '../../session/session.ts';
import type { Draft } from './request-edits.ts';

/** What the service says of a request. */
export type CheckState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'sound'; readonly resolved: ResolvedJobRequest }
  | { readonly kind: 'refused'; readonly failure: ApiFailure };

/** Somebody who types is asked about when they pause for so long, in milliseconds. */
const PAUSE_MS = 350;

/** Lets the service check a request whenever it has changed; nothing is stored. What is known stays meanwhile. */
export function useCheck(draft: Draft): CheckState {
  const state = useSignal<CheckState>({ kind: 'checking' });
  const text = JSON.stringify(draft);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      void check(draft, stop.signal).then((answer) => {
        if (answer !== null) state.value = answer;
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return state.value;
}

async function check(draft: Draft, signal: AbortSignal): Promise<CheckState | null> {
  try {
    const resolved: unknown = await call('submitJob', {
      body: bodyOf(draft),
      query: { dryRun: true },
      signal,
    });
    // The route's alternative success; the types know only the ordinary one.
    return { kind: 'sound', resolved: resolved as ResolvedJobRequest };
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof ApiFailure)) throw error;
    noteFailure(error);
    return { kind: 'refused', failure: error };
  }
}

/** Whether a draft is a request is what the service is asked. */
export function bodyOf(draft: Draft): JobRequestBody {
  return draft as unknown as JobRequestBody;
}
