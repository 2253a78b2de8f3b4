import { signal } from '@preact/signals';
import { ApiFailure } from '../api/api-failure.ts';
import { call } from '../api/call.ts';

/** Who is signed in. */
export interface Viewer {
  readonly username: string;
  readonly isAdmin: boolean;
}

/** `unknown` until the service has said who it is, or that it is nobody. */
export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly viewer: Viewer }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };

/** Whether somebody is signed in, and who. */
export const session = signal<SessionState>({ kind: 'unknown' });

/** Asks the service who is signed in. */
export async function findSession(): Promise<void> {
  try {
    const { username, isAdmin } = await call('showSession', {});
    session.value = { kind: 'signed-in', viewer: { username, isAdmin } };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    session.value = error.isSignedOut ? { kind: 'signed-out' } : { kind: 'failed', failure: error };
  }
}

/** What somebody signs in with. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly token: string };

/** Signs in. @throws ApiFailure when the service refuses. */
export async function signIn(credentials: Credentials): Promise<void> {
  const { username, isAdmin } = await call('createSession', { body: credentials });
  session.value = { kind: 'signed-in', viewer: { username, isAdmin } };
}

/** Ends the session on the service too. @throws ApiFailure when the service cannot be reached. */
export async function signOut(): Promise<void> {
  await call('deleteSession', {});
  session.value = { kind: 'signed-out' };
}

/** To be told of every failure of a call: one that says nobody is signed in leads to the sign-in. */
export function noteFailure(failure: ApiFailure): void {
  if (failure.isSignedOut) session.value = { kind: 'signed-out' };
}
