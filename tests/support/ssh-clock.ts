import type { SshHostOptions, SshHostState } from '../../packages/server/src/ssh/ssh-host.ts';

/** Options of a host whose time a test moves on, and what the host told. */
export interface SshClock {
  readonly options: Required<Pick<SshHostOptions, 'now' | 'random' | 'onState'>>;
  readonly states: readonly SshHostState[];
  skip(ms: number): void;
}

/** A clock that goes on by itself and can be moved ahead. Rests after failures are as long as they can be. */
export function createSshClock(): SshClock {
  const states: SshHostState[] = [];
  let skipped = 0;
  return {
    options: {
      now: () => performance.now() + skipped,
      random: () => 0.999,
      onState: (state) => states.push(state),
    },
    states,
    skip: (ms) => {
      skipped += ms;
    },
  };
}
