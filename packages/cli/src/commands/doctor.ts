import { type Client, UnreachableFailure } from '@arras/client';
import { isRecord } from '@arras/contract';
import manifest from '../../package.json' with { type: 'json' };
import { type CheckStep, renderCheckStep } from '../check-step.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type OutputOptions, printResult } from '../print.ts';
import { renderDuration } from '../quantities.ts';
import { explainFailure, Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';

/** Longer than an answer of a service that is well takes, and short enough to wait for. */
const LONGEST_MS = 10_000;

/** The clocks of two machines may differ so far before times look wrong. */
const CLOCK_MS = 30_000;

/** Looks at one thing and says what it found; it fails by throwing. */
type Look = (call: Invocation<OutputOptions>) => Promise<string> | string;

/** From here to there: what each needs, the one before has shown to work. */
const STEPS: Readonly<Record<string, Look>> = {
  program: ({ session }) =>
    `${session.program} ${manifest.version}, Node.js ${process.versions.node}, ${describeTerminal(session)}`,
  profile: ({ trace }) => {
    const { url, source } = trace();
    return `${url}, from ${source}`;
  },
  service: ({ trace }) => askReadiness(trace().url),
  'signed in': async ({ lookup }) => {
    const { username, isAdmin, expires } = await lookup().call('showSession', {});
    const end = expires === null ? 'with a token that does not end' : `until ${expires}`;
    return `as ${username}${isAdmin ? ', an administrator' : ''}, ${end}`;
  },
  jobs: async ({ lookup }) => `${(await lookup().jobs.count()).total} to be seen`,
  streams: ({ lookup }) => openStream(lookup()),
};

/** Goes from this program to the service step by step; behind a step that fails the others are left out. */
export async function examine(call: Invocation<OutputOptions>): Promise<ExitCode> {
  const { session, options } = call;
  const steps: CheckStep[] = [];
  let exitCode: ExitCode = EXIT.ok;
  for (const [step, look] of Object.entries(STEPS)) {
    if (exitCode !== EXIT.ok) {
      steps.push({ step, result: 'skipped', milliseconds: 0, message: 'not reached' });
      continue;
    }
    const startedMs = performance.now();
    const took = () => ({ milliseconds: Math.round(performance.now() - startedMs) });
    try {
      const message = await look(call);
      steps.push({ step, result: 'ok', ...took(), message });
    } catch (error) {
      const { what, why, todo, exitCode: code } = explainFailure(error, session.program);
      exitCode = code;
      steps.push({ step, result: 'failed', ...took(), message: [what, ...why].join(' '), fix: todo });
    }
  }
  const human = () => steps.map((each) => renderCheckStep(each, session.terminal)).join('');
  await printResult(session, options, { result: steps, human });
  return exitCode;
}

function describeTerminal({ terminal }: Session): string {
  if (!terminal.isTty) return 'no terminal';
  const { unicode, colour, repaint } = terminal;
  const what = [
    unicode ? 'symbols' : 'ASCII',
    ...(colour ? ['colours'] : []),
    ...(repaint ? [] : ['line by line']),
  ];
  return `a terminal (${what.join(', ')})`;
}

/** Whether the service can work, and whether its times are ours. */
async function askReadiness(url: string): Promise<string> {
  const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(LONGEST_MS) }).catch(
    (cause: unknown) => {
      throw new UnreachableFailure(url, cause);
    },
  );
  const body: unknown = await response.json().catch(() => null);
  const checks = isRecord(body) && isRecord(body['checks']) ? Object.entries(body['checks']) : null;
  if (checks === null) throw noService(url);
  const wrong = checks
    .filter(([, state]) => state !== 'ok')
    .map(([name, state]) => `${name}: ${String(state)}`);
  if (!response.ok) throw unready(wrong);
  checkClock(response.headers.get('date'));
  return `ready (${checks.map(([name]) => name).join(', ')})`;
}

function checkClock(date: string | null): void {
  const differenceMs = date === null ? 0 : Math.abs(Date.parse(date) - Date.now());
  if (differenceMs < CLOCK_MS) return;
  throw new Refusal({
    what: `The clocks of this machine and of the service differ by ${renderDuration(differenceMs)}.`,
    why: 'How long ago something was, and how long it still takes, would be wrong.',
    todo: 'Let both take their time from the network (NTP).',
    exitCode: EXIT.error,
  });
}

function noService(url: string): Refusal {
  return new Refusal({
    what: `Something answers at ${url}, but no Arras service.`,
    why: 'It does not know /health/ready.',
    todo: 'Check the address; a proxy has to pass on every path below it.',
    exitCode: EXIT.error,
  });
}

function unready(wrong: readonly string[]): Refusal {
  return new Refusal({
    what: 'The service is there, but cannot work.',
    why: wrong.join(', '),
    todo: 'Its log says more; this is for whoever runs it.',
    exitCode: EXIT.error,
  });
}

/** Proxies that hold answers back are the usual reason why nothing seems to happen. */
async function openStream(client: Client): Promise<string> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  try {
    for await (const news of client.jobs.events({ signal })) if (news.kind === 'begun') break;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Refusal({
      what: `The stream of events did not begin within ${renderDuration(LONGEST_MS)}.`,
      why: 'Other answers arrive: something between here and the service holds streams back.',
      todo: 'Let proxies pass on text/event-stream unbuffered; until then commands poll.',
      exitCode: EXIT.error,
    });
  }
  return 'events arrive as they happen';
}
