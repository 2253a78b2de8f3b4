import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Client, createClient } from '@arras/client';
import { jobPage } from '@arras/contract';
import { renderHistory } from '../commands/history.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDuration } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { watchJobs } from '../watch/watch-jobs.ts';
import { startDemoMailbox } from './demo-mailbox.ts';
import { type DemoInbox, renderCalls, renderMail, waitForMessages, withMessages } from './demo-messages.ts';
import { type DemoPlace, makeDemoPlace } from './demo-place.ts';
import { startDemoReceiver } from './demo-receiver.ts';
import { type DemoService, startDemoService } from './demo-service.ts';
import { findTypedCommands } from './typed-commands.ts';

/** Options of the demonstration. */
export interface DemoOptions {
  readonly keep?: boolean;
}

/** The job's result, which the demonstration shows. */
const RESULT = 'most-frequent.tsv';

/** Shows the whole way of a job with a service of its own; leaves nothing behind unless told to keep it. */
export async function runDemo({ session, options }: Invocation<DemoOptions>): Promise<ExitCode> {
  await using receiver = await startDemoReceiver();
  await using mailbox = await startDemoMailbox();
  const place = await makeDemoPlace();
  const interruption = whenInterrupted();
  const inbox = { receiver, mailbox };
  const demo: Demo = { session, place, inbox, keep: options.keep === true, signal: interruption.signal };
  try {
    return await runWithService(demo);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    interruption.end();
  }
}

interface Demo {
  readonly session: Session;
  readonly place: DemoPlace;
  readonly inbox: DemoInbox;
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

async function runWithService(demo: Demo): Promise<ExitCode> {
  const { session, place, inbox, keep, signal } = demo;
  let service: DemoService | null = null;
  let kept = false;
  try {
    const began = Date.now();
    service = await startDemoService(place, { env: session.env, smtpUrl: inbox.mailbox.url, signal });
    const took = renderDuration(Date.now() - began);
    tell(session, `The service listens on ${service.url}, with its own database, after ${took}.`);
    const { exitCode, page } = await showJob(demo, createClient(service));
    kept = keep && exitCode === EXIT.ok;
    if (kept) sayHowToUse(session, { service, place, page });
    else
      tell(
        session,
        `The page of the job was ${page}\n"${findTypedCommands(session).demo} --keep" leaves it up.`,
      );
    return exitCode;
  } finally {
    if (!kept) {
      await service?.stop();
      await place.remove();
      tell(session, 'The service is stopped and its directory is removed.');
    }
  }
}

/** How the job ended, and the address of its page. */
interface Shown {
  readonly exitCode: ExitCode;
  readonly page: string;
}

async function showJob(demo: Demo, client: Client): Promise<Shown> {
  const { session, place, inbox, signal } = demo;
  const storage = await client.systems.create(place.storageSystem);
  // Where outputs are archived when a job names no place.
  await client.systems.act(storage.id, 'setDefault');
  const execution = await client.systems.create(place.executionSystem);
  const app = await client.apps.create(place.app);
  tell(session, `Registered the systems ${storage.id} and ${execution.id} and the app ${app.id}.`);
  const job = await client.jobs.submit(withMessages(place.job, inbox));
  tell(session, `Submitted the job ${job.id}. What "arras jobs watch" shows:`);
  const exitCode = await watchJobs(session, client, [job.id], { signal });
  tell(session, 'Its history, as "arras jobs history" shows it:');
  session.out(renderHistory(await client.jobs.history(job.id, { limit: 250 }), session));
  const shown = { exitCode, page: jobPage(job) };
  if (exitCode !== EXIT.ok) return shown;
  await showMessages(demo);
  await showOutput(session, client, job.id);
  tell(session, renderNext(session));
  return shown;
}

async function showMessages({ session, inbox, signal }: Demo): Promise<void> {
  await waitForMessages(inbox, signal);
  tell(session, `The calls that a web address of this process received:`);
  session.out(renderCalls(inbox.receiver.calls, session));
  for (const mail of inbox.mailbox.mails) {
    tell(session, 'The mail that a mailbox of this process received:');
    session.out(renderMail(mail));
  }
}

async function showOutput(session: Session, client: Client, jobId: string): Promise<void> {
  tell(session, `The first lines of its output ${RESULT}, from the archive:`);
  const { stream } = await client.jobs.outputs.download(jobId, RESULT);
  session.out((await text(stream)).split('\n').slice(0, 10).join('\n').trimEnd().concat('\n'));
}

function renderNext(session: Session): string {
  const { arras, demo, serve, guides } = findTypedCommands(session);
  const steps = [
    [serve, 'serve on http://127.0.0.1:8383'],
    [`${arras} --help`, 'everything the command line can do'],
    [`${demo} --keep`, 'this demo, with the service left running'],
    ...guides,
  ] as const;
  return ['What to try next:', ...steps.map(([typed, what]) => `  ${typed.padEnd(34)}${what}`)].join('\n');
}

interface Kept {
  readonly service: DemoService;
  readonly place: DemoPlace;
  readonly page: string;
}

function sayHowToUse(session: Session, { service, place, page }: Kept): void {
  const pid = service.release();
  tell(
    session,
    `The service goes on as process ${pid}. To use it and to end it:
  export ARRAS_DATA_DIR=${place.data}
  ${findTypedCommands(session).arras} jobs list
  kill ${pid}
  rm -r ${place.root}
Its address is ${service.url}; its token, for the sign-in too, is in ${join(place.data, 'cli.json')}.
The page of the job: ${page}`,
  );
}

function tell(session: Session, message: string): void {
  const [first = '', ...rest] = message.split('\n');
  session.out(`\n${[paint(session.terminal, 'bold', first), ...rest].join('\n')}\n`);
}

/** Is aborted by the first signal, so that what was started is ended. */
function whenInterrupted(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = () => controller.abort(new Interrupted());
  for (const signal of signals) process.on(signal, onSignal);
  return { signal: controller.signal, end: () => signals.forEach((signal) => process.off(signal, onSignal)) };
}

/** A signal came. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
