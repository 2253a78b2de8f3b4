import { setTimeout as delay } from 'node:timers/promises';
import type { Launch, SubmitOutcome } from './scheduler.ts';
import { ShellUnreachable } from './shell.ts';
import { isTag } from './try-record.ts';

/** Launches in one command: keeps its words well below the 128 KiB that a remote shell takes. */
const LAUNCHES_A_COMMAND = 50;

/** Milliseconds in which launches gather between two commands that follow each other at once. */
const GATHER_MS = 10;

/** Starts tries, several with one command when they come close together. */
export interface Launcher {
  submit(launch: Launch): Promise<SubmitOutcome>;
}

interface Waiting {
  readonly launch: Launch;
  readonly resolve: (outcome: SubmitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * While one command is under way, further launches wait and go together with the next: a lone launch is never
 * delayed, and under load there are fewer commands than jobs.
 */
export function createLauncher(
  submitAll: (launches: readonly Launch[]) => Promise<ReadonlyMap<string, SubmitOutcome>>,
): Launcher {
  const waiting: Waiting[] = [];
  let busy = false;
  const work = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      await launch(waiting.splice(0, LAUNCHES_A_COMMAND), submitAll);
      if (waiting.length > 0) await delay(GATHER_MS);
    }
    busy = false;
  };
  return {
    submit: (launch) => {
      const { promise, resolve, reject } = Promise.withResolvers<SubmitOutcome>();
      if (!isTag(launch.tag)) reject(new TypeError(`expected a tag tj-<job id>-<try>, got ${launch.tag}`));
      else {
        waiting.push({ launch, resolve, reject });
        if (!busy) void work();
      }
      return promise;
    },
  };
}

/** A command without a whole answer may have started some of its tries: each without a line is unknown. */
async function launch(
  group: readonly Waiting[],
  submitAll: (launches: readonly Launch[]) => Promise<ReadonlyMap<string, SubmitOutcome>>,
): Promise<void> {
  try {
    const outcomes = await submitAll(group.map((each) => each.launch));
    for (const {
      launch: { tag },
      resolve,
    } of group) {
      resolve(outcomes.get(tag) ?? { kind: 'unknown', reason: 'the launch did not answer' });
    }
  } catch (error) {
    for (const { resolve, reject } of group) {
      if (error instanceof ShellUnreachable) resolve({ kind: 'unknown', reason: error.message });
      else reject(error);
    }
  }
}
