import { createGatherer } from './gatherer.ts';
import type { Launch, SubmitOutcome } from './scheduler.ts';
import { ShellUnreachable } from './shell.ts';
import { isTag } from './try-record.ts';

/** Launches in one command: keeps its words well below the 128 KiB that a shell of this host takes. */
const LAUNCHES_A_COMMAND = 50;

/** Starts tries, several with one command when they come close together. */
export interface Launcher {
  submit(launch: Launch): Promise<SubmitOutcome>;
}

/** Makes a launcher; `submitAll` tells outcomes by tag. */
export function createLauncher(
  submitAll: (launches: readonly Launch[]) => Promise<ReadonlyMap<string, SubmitOutcome>>,
): Launcher {
  const submit = createGatherer({
    most: LAUNCHES_A_COMMAND,
    run: (launches: readonly Launch[]) => launchGroup(launches, submitAll),
  });
  return {
    submit: async (launch) => {
      if (!isTag(launch.tag)) throw new TypeError(`expected a tag tj-<job id>-<try>, got ${launch.tag}`);
      return submit(launch);
    },
  };
}

/** A command without a whole answer may have started some of its tries: each without a line is unknown. */
async function launchGroup(
  launches: readonly Launch[],
  submitAll: (launches: readonly Launch[]) => Promise<ReadonlyMap<string, SubmitOutcome>>,
): Promise<readonly SubmitOutcome[]> {
  try {
    const outcomes = await submitAll(launches);
    return launches.map(
      ({ tag }) => outcomes.get(tag) ?? { kind: 'unknown', reason: 'the launch did not answer' },
    );
  } catch (error) {
    if (!(error instanceof ShellUnreachable)) throw error;
    const reason = error.message;
    return launches.map(() => ({ kind: 'unknown', reason }));
  }
}
