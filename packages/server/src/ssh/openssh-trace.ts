import type { OpenSshEndpoint } from './openssh-config.ts';
import { createOpenSshHost } from './openssh-host.ts';
import { type SshStep, SshUnavailable } from './ssh-host.ts';

/** The steps of entering a host that the `ssh` program tells apart, in their order. */
export const TRACED_STEPS = ['resolve', 'connect', 'host-key', 'authenticate'] as const satisfies SshStep[];

/** A step that is traced. */
export type TracedStep = (typeof TRACED_STEPS)[number];

/** One attempt to enter a host, seen step by step. */
export interface OpenSshTrace {
  /** Resolves when the step has been taken; rejects with the reason when it, or one before it, failed. */
  until(step: TracedStep): Promise<void>;
  close(): Promise<void>;
}

/**
 * What `ssh -v` says when a step has been taken. A host on the way says the first two instead of the target, and where
 * a command of the account's configuration makes the connection, nobody does: a later step proves the earlier ones.
 *
 *     debug1: Connecting to 127.0.0.1 [127.0.0.1] port 2222.
 *     debug1: Connection established.
 *     debug1: Host 'target' is known and matches the ED25519 host key.
 */
const TAKEN: readonly (readonly [RegExp, TracedStep])[] = [
  [/^debug1: Connecting to /, 'resolve'],
  [/^debug1: Connection established/, 'connect'],
  [/^debug1: Host 'target' is known and matches/, 'host-key'],
];

/** Begins an attempt with a connection of its own: those that are open prove nothing about the credentials. */
export function traceOpenSsh(endpoint: OpenSshEndpoint, parentDirectory: string): OpenSshTrace {
  const steps = new Map(TRACED_STEPS.map((step) => [step, Promise.withResolvers<void>()]));
  for (const { promise } of steps.values()) promise.catch(() => {});
  const upTo = (last: TracedStep) => TRACED_STEPS.slice(0, TRACED_STEPS.indexOf(last) + 1);
  const take = (last: TracedStep) => {
    for (const step of upTo(last)) steps.get(step)?.resolve();
  };
  const fail = (error: unknown) => {
    // A failure proves that the steps before it were taken, whatever was said of them.
    const failed = error instanceof SshUnavailable ? error.step : null;
    const index = TRACED_STEPS.findIndex((step) => step === failed);
    const before = TRACED_STEPS[index - 1];
    if (before !== undefined) take(before);
    for (const { reject } of steps.values()) reject(error);
  };
  const host = createOpenSshHost(endpoint, {
    parentDirectory,
    onLine: (line) => {
      const step = TAKEN.find(([words]) => words.test(line))?.[1];
      if (step !== undefined) take(step);
    },
  });
  host.withChannel('exit 0', async () => undefined).then(() => take('authenticate'), fail);
  return {
    until: (step) => steps.get(step)?.promise ?? Promise.resolve(),
    close: () => host.close(),
  };
}
