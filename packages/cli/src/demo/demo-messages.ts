import { pause } from '@arras/client';
import type { JobRequestBody } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { type Column, renderTable } from '../table.ts';
import type { DemoMailbox } from './demo-mailbox.ts';
import type { DemoCall, DemoReceiver } from './demo-receiver.ts';
import type { DemoMail } from './parse-mail.ts';

/** Where the demonstration's job sends its messages. */
export interface DemoInbox {
  readonly receiver: DemoReceiver;
  readonly mailbox: DemoMailbox;
}

/** The last of the job's events; it ends both the calls and the mails. */
const LAST = 'FINISHED';

/** The reader of the demonstration's mail; the domain is one of those that nobody has (RFC 2606). */
const READER = 'reader@example.org';

/** Beyond this something is wrong: a healthy service delivers within milliseconds. */
const DEADLINE_MS = 15_000;
const POLL_MS = 20;

/** The job with two subscriptions: every event to a web address with variables, as in the guide, and its end by mail. */
export function withMessages(job: JobRequestBody, { receiver }: DemoInbox): JobRequestBody {
  const url = `${receiver.url}/trigger/job/\${JOB_NAME}/\${EVENT}?status=\${JOB_STATUS}`;
  const notifications = [
    { url, event: '*', persistent: true },
    { url: READER, event: LAST },
  ];
  return { ...job, notifications };
}

/** Waits until the last call and the mail are here. Throws when they do not come. */
export async function waitForMessages(inbox: DemoInbox, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const missing = findMissing(inbox);
    if (missing === null) return;
    if (Date.now() > deadline) throw notReceived(missing, inbox);
    await pause(POLL_MS, signal);
  }
}

function findMissing({ receiver, mailbox }: DemoInbox): string | null {
  if (!receiver.calls.some(({ payload }) => payload.event.name === LAST)) return 'webhook call';
  return mailbox.mails.length === 0 ? 'mail' : null;
}

function notReceived(missing: string, { receiver, mailbox }: DemoInbox): Refusal {
  const came = `${receiver.calls.length} call(s) and ${mailbox.mails.length} mail(s)`;
  return new Refusal({
    what: `The ${missing} about ${LAST} did not come.`,
    why: `Expected it within ${DEADLINE_MS / 1_000} s of the end of the job; ${came} came.`,
    todo: 'Repeat the demo; report it if it happens again.',
    exitCode: EXIT.error,
  });
}

const COLUMNS: Column<DemoCall>[] = [
  { title: 'seq', cell: ({ payload }) => payload.event.seq, align: 'right' },
  { title: 'event', cell: ({ payload }) => payload.event.name },
  { title: 'status', cell: ({ payload }) => payload.status },
  { title: 'POST', cell: ({ path }) => path, shrink: 'middle' },
];

/** The calls as a table. */
export function renderCalls(calls: readonly DemoCall[], { terminal, width }: Session): string {
  return renderTable(COLUMNS, calls, { terminal, width: width() });
}

/** The mail as its reader sees it. */
export function renderMail({ to, subject, text }: DemoMail): string {
  const lines = [`To: ${to}`, `Subject: ${subject}`, '', ...text.split('\n')];
  return lines.map((line) => `${cleanText(line)}\n`).join('');
}
