import { randomBytes } from 'node:crypto';
import { cleanText } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { renderClock } from '../quantities.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { Notices } from '../watch/notices.ts';
import { type Forwarded, type ForwardTarget, forwardEvent } from './forward.ts';
import type { LiveEvent } from './live-event.ts';
import { listenToEvents } from './live-events.ts';

/** Options of listening. */
export interface ListenOptions {
  readonly forward: string;
  readonly job?: string;
  readonly event?: string;
  readonly fromStart?: boolean;
}

/** The longest name of an event of the guide, so that what follows stands below each other. */
const EVENT_WIDTH = 'ARCHIVING_FINISHED'.length;

/** Forwards events to an address of this machine until Ctrl-C, or until the one job has ended. */
export async function listen({
  session,
  client,
  lookup,
  options,
}: Invocation<ListenOptions>): Promise<ExitCode> {
  const target = { url: readForward(options.forward), secret: secretFor(session) };
  if (options.fromStart === true && options.job === undefined) throw needsJob();
  const api = client();
  const jobId = options.job === undefined ? undefined : await resolveJobId(lookup(), options.job);
  const interruption = new AbortController();
  const onInterrupt = () => interruption.abort(new Interrupted());
  process.once('SIGINT', onInterrupt);
  session.say(`Signing secret: ${target.secret}\n`);
  const { fromStart } = options;
  try {
    const notices = new Notices(session);
    const events = listenToEvents(api, {
      jobId,
      fromStart,
      signal: interruption.signal,
      onConnection: notices.connection.bind(notices),
      onBegun: () => session.say(`Forwarding to ${target.url}; Ctrl-C ends it.\n`),
      onGap: (reason) => session.say(`Events may be missing: ${reason}\n`),
    });
    await forwardAll(session, events, { target, only: options.event });
    session.say('The job has ended.\n');
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return EXIT.interrupted;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function forwardAll(
  session: Session,
  events: AsyncIterable<LiveEvent>,
  { target, only }: { readonly target: ForwardTarget; readonly only: string | undefined },
): Promise<void> {
  const wanted = only === undefined || only === '*' ? null : only.toUpperCase();
  for await (const live of events) {
    if (wanted !== null && live.event.name.toUpperCase() !== wanted) continue;
    const forwarded = await forwardEvent(target, live);
    session.out(`${renderForwarded(session, live, forwarded)}\n`);
  }
}

/** `14:02:11  RUNNING             #7  rna-seq-42  200  12 ms`; for files the full time and the id of the job. */
function renderForwarded(
  { terminal }: Session,
  { job, event: { name, seq, created } }: LiveEvent,
  { code, tookMs, problem }: Forwarded,
): string {
  const isFine = code !== null && code >= 200 && code <= 299;
  const result = paint(terminal, isFine ? 'ok' : 'fail', code === null ? 'unreachable' : String(code));
  const time = terminal.isTty ? renderClock(created) : created;
  const event = cleanText(name).padEnd(EVENT_WIDTH);
  const subject = terminal.isTty ? cleanText(job.name) : job.id;
  const line = `${time}  ${event}  ${`#${seq}`.padStart(4)}  ${subject}  ${result}  ${tookMs} ms`;
  return problem === null ? line : `${line}  ${cleanText(problem)}`;
}

/** `ARRAS_LISTEN_SECRET` keeps a receiver's configuration valid from one listening to the next. */
function secretFor({ env }: Session): string {
  const given = env['ARRAS_LISTEN_SECRET'];
  if (given === undefined || given === '') return `whsec_${randomBytes(32).toString('base64')}`;
  if (/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(given)) return given;
  throw new Refusal({
    what: 'ARRAS_LISTEN_SECRET is no signing secret.',
    why: 'Expected whsec_ and 24 to 64 bytes in base64.',
    todo: 'Unset it; a secret is made and printed then.',
  });
}

function readForward(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new Refusal({
    what: `"${text}" is no address to forward to.`,
    why: 'Expected a URL that begins with http:// or https://.',
    todo: 'Write --forward http://127.0.0.1:3000/hook.',
  });
}

function needsJob(): Refusal {
  return new Refusal({
    what: '--from-start needs one job.',
    why: 'The past of all jobs is too much to forward.',
    todo: 'Add --job last.',
  });
}

/** Ctrl-C. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
