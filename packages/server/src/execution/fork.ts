import { POLL, SIGNAL, SUBMIT } from './fork-scripts.ts';
import {
  type Launch,
  type Observation,
  type Scheduler,
  type SubmitOutcome,
  type Tracked,
  UnreadableAnswer,
} from './scheduler.ts';
import type { ShellCommand } from './shell.ts';
import { renderTries } from './try-list.ts';
import { wrapperArguments } from './wrapper-script.ts';

/** Starts programs as processes of the host: no queue, no limits; known by boot id, pid and start time. */
export const fork: Scheduler = {
  name: 'FORK',
  newSession: true,
  probe: {
    script: 'type -P setsid >/dev/null || { echo "the host has no setsid command" >&2; exit 1; }; uname -sr',
  },
  directives: () => [],
  submit: (launches: readonly Launch[]): ShellCommand => ({
    script: SUBMIT,
    args: launches.flatMap(wrapperArguments),
  }),
  parseSubmit,
  poll: (tracked, nonce) => ({ script: POLL, args: [nonce], stdin: renderTries(tracked) }),
  parsePoll,
  cancel: (tracked, force) => signal(tracked, force ? 'KILL' : 'TERM'),
  suspend: (tracked, action) => signal(tracked, action === 'pause' ? 'STOP' : 'CONT'),
};

function tryArguments(tracked: Tracked): readonly string[] {
  return [tracked.workDirectory, String(tracked.tryNumber), tracked.tag, tracked.spoolDirectory];
}

function signal(tracked: Tracked, name: 'TERM' | 'KILL' | 'STOP' | 'CONT'): ShellCommand {
  return { script: SIGNAL, args: [...tryArguments(tracked), name] };
}

/** arras-submitted tj-0123-007-1 4711 */
const SUBMITTED_SHAPE = /^arras-submitted (\S+) ([1-9][0-9]*)$/;
/** arras-refused tj-0123-007-1 the work directory is gone */
const REFUSED_SHAPE = /^arras-refused (\S+) (.+)$/;

/** Each line stands for itself: what a command that broke off had started before is started all the same. */
function parseSubmit(output: { readonly stdout: string }): ReadonlyMap<string, SubmitOutcome> {
  const outcomes = new Map<string, SubmitOutcome>();
  for (const line of output.stdout.split('\n')) {
    const [, submitted, pid] = SUBMITTED_SHAPE.exec(line) ?? [];
    if (submitted !== undefined && pid !== undefined) {
      outcomes.set(submitted, { kind: 'accepted', localId: pid, running: true });
    }
    const [, refused, reason] = REFUSED_SHAPE.exec(line) ?? [];
    if (refused !== undefined && reason !== undefined) outcomes.set(refused, { kind: 'refused', reason });
  }
  return outcomes;
}

// tj-0123-007-1 - alive none 4711
const FACTS_SHAPE =
  /^(\S+) (-|settled|[0-9]{1,3}) (none|service|alive|dead|boot) (none|alive|stopped|dead|boot) (-|[0-9]+)$/;

function parsePoll(
  stdout: string,
  nonce: string,
  tracked: readonly Tracked[],
): ReadonlyMap<string, Observation> {
  const lines = stdout.split('\n');
  const begin = lines.indexOf(`begin ${nonce}`);
  const end = lines.indexOf(`end ${nonce}`, begin + 1);
  if (begin < 0 || end < 0)
    throw new UnreadableAnswer('expected an answer between two nonce lines, got none');
  const observations = new Map(lines.slice(begin + 1, end).map(parseFacts));
  const missing = tracked.find((each) => !observations.has(each.tag));
  if (missing !== undefined) throw new UnreadableAnswer(`expected a line about ${missing.tag}, got none`);
  return observations;
}

function parseFacts(line: string): readonly [string, Observation] {
  const [, tag, exit, claim, program, pid] = FACTS_SHAPE.exec(line) ?? [];
  if (tag === undefined || exit === undefined || claim === undefined || program === undefined) {
    throw new UnreadableAnswer(`expected the facts of a try, got ${JSON.stringify(line.slice(0, 200))}`);
  }
  return [tag, judge({ exit, claim, program, localId: pid === undefined || pid === '-' ? null : pid })];
}

/** What a poll found out about one try, in the words of the poll script. */
interface Facts {
  readonly exit: string;
  readonly claim: string;
  readonly program: string;
  readonly localId: string | null;
}

/** RELIABILITY R5 and R7: exit marker, then the program, then the wrapper; a claim with neither is a loss. */
function judge({ exit, claim, program, localId }: Facts): Observation {
  if (/^[0-9]+$/.test(exit)) return { state: 'ended', exitCode: Number(exit) };
  if (program === 'alive') return { state: 'running', localId };
  if (program === 'stopped') return { state: 'paused', localId };
  if (claim === 'alive') return program === 'none' ? { state: 'starting' } : { state: 'running', localId };
  if (claim === 'boot' || program === 'boot') return { state: 'lost', reason: 'host restarted' };
  if (claim === 'service') return { state: 'fenced' };
  if (exit === 'settled' || claim === 'dead' || program === 'dead') {
    return { state: 'lost', reason: 'ended without an exit status' };
  }
  return { state: 'absent' };
}
