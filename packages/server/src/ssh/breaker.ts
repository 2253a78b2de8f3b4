import { type SshHostState, type SshStep, SshUnavailable } from './ssh-host.ts';

/** The first rest after a failure, at most; it doubles with each further one. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/** So many refused proofs in a row are tried with the usual backoff; then accounts are at risk of being locked (T39). */
const PATIENT_REFUSALS = 5;
/** Least time between two proofs after that. */
const REFUSAL_REST_MS = 60_000;

/** Decides when a failing host is tried again. */
export interface Breaker {
  /** Throws {@link SshUnavailable} of step `resting` while the host is left alone. */
  check(): void;
  failed(error: SshUnavailable): void;
  /** The host took our proof; whether it also serves is seen later. */
  authenticated(): void;
  /** The host did what was asked. */
  succeeded(): void;
}

/** What a breaker takes from outside. */
export interface BreakerParts {
  readonly now: () => number;
  readonly random: () => number;
  readonly onState: (state: SshHostState) => void;
}

/**
 * Two states. Reachable, from the start and after each success. Unreachable, after a failure: the host rests for a
 * random part of 1 s, 2 s, 4 s … 60 s (full jitter: many replicas must not knock together), then one attempt is
 * made, whose outcome decides again.
 */
export function createBreaker({ now, random, onState }: BreakerParts): Breaker {
  let failures = 0;
  let refusals = 0;
  let restUntil = 0;
  let failing: { readonly step: SshStep; readonly error: SshUnavailable } | null = null;
  return {
    check: () => {
      const left = restUntil - now();
      if (failing === null || left <= 0) return;
      const { error } = failing;
      const seconds = Math.ceil(left / 1_000);
      throw new SshUnavailable('resting', `left alone for ${seconds} s after: ${error.message}`, {
        cause: error,
      });
    },
    failed: (error) => {
      failures += 1;
      if (error.step === 'authenticate') refusals += 1;
      restUntil = now() + restMs({ failures, refusals, random });
      const isNews = failing?.step !== error.step;
      failing = { step: error.step, error };
      if (isNews) onState({ kind: 'unreachable', step: error.step, reason: error.message });
    },
    authenticated: () => {
      refusals = 0;
    },
    succeeded: () => {
      failures = 0;
      refusals = 0;
      restUntil = 0;
      if (failing === null) return;
      failing = null;
      onState({ kind: 'reachable' });
    },
  };
}

function restMs(state: {
  readonly failures: number;
  readonly refusals: number;
  readonly random: () => number;
}): number {
  const { failures, refusals, random } = state;
  if (refusals >= PATIENT_REFUSALS) return REFUSAL_REST_MS * (1 + random() / 4);
  // 2 ** 6 s is above the longest rest already; a larger power would only lose precision.
  return random() * Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(failures - 1, 6));
}
