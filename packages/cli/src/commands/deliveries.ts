import { type AttemptView, DELIVERY_CLASSES, type DeliveryView, deliveryStateText } from '@arras/contract';
import { renderJson } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import { renderDuration } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { resolveSubscriptionId } from '../subscription-id.ts';
import type { Column } from '../table.ts';
import type { Tone } from '../terminal.ts';
import type { ListOptions } from './job-list.ts';

/** Options of the attempts. */
export interface AttemptOptions extends ListOptions {
  readonly all?: boolean;
}

/** Options of the deliveries. */
export interface DeliveryOptions extends ListOptions {
  readonly state?: string;
}

/** Options of a test. */
export interface TestOptions extends OutputOptions {
  readonly event?: string;
}

/** Options of a preview. */
export interface PreviewOptions extends TestOptions {
  readonly job: string;
}

const OUTCOME_TONES = {
  delivered: 'ok',
  refused: 'fail',
  unreachable: 'fail',
  blocked: 'fail',
} as const satisfies Record<AttemptView['outcome'], Tone>;

function attemptColumns({ clock }: Pick<Session, 'clock'>): Column<AttemptView>[] {
  return [
    { title: 'time', cell: (row) => clock(row.startTime) },
    { title: 'event', cell: (row) => row.event },
    { title: 'try', cell: (row) => row.number, align: 'right' },
    { title: 'outcome', cell: (row) => row.outcome, tone: (row) => OUTCOME_TONES[row.outcome] },
    { title: 'code', cell: (row) => (row.response.code === 0 ? null : row.response.code), align: 'right' },
    {
      title: 'ms',
      cell: (row) => Date.parse(row.endTime) - Date.parse(row.startTime),
      align: 'right',
      dispensable: true,
    },
    { title: 'cause', cell: (row) => row.cause, dispensable: true },
    { title: 'error', cell: (row) => row.errorClass, dispensable: true },
    { title: 'url', cell: (row) => row.url, shrink: 'middle' },
    { title: 'answer', cell: (row) => row.response.message, shrink: 'end' },
  ];
}

/** Lists failed attempts, or all. */
export async function listAttempts(
  { session, client, lookup, options }: Invocation<AttemptOptions>,
  typed: string,
): Promise<void> {
  const { limit, offset, all } = options;
  const api = client();
  const id = await resolveSubscriptionId(lookup(), typed);
  const rows = await api.notifications.attempts(id, {
    limit,
    offset,
    ...(all === true && { status: 'all' }),
  });
  const whenEmpty = all === true ? 'No attempts yet.' : 'No failed attempts. --all lists the others too.';
  await printRows(session, options, { rows, columns: attemptColumns(session), whenEmpty });
}

const ABOUT: Column<DeliveryView> = {
  title: 'about',
  cell: (row) => row.associatedUuid,
  shrink: 'middle',
  dispensable: true,
};

/** Lists the events that matched, each with what became of it. */
export async function listDeliveries(
  { session, client, lookup, options }: Invocation<DeliveryOptions>,
  typed: string,
): Promise<void> {
  const { limit, offset, state } = options;
  const api = client();
  const id = await resolveSubscriptionId(lookup(), typed);
  // Only for the words about retries: not the call that is meant.
  const { policy, associatedUuid } = await lookup().notifications.show(id);
  const rows = await api.notifications.deliveries(id, { limit, offset, state });
  const nowMs = Date.now();
  const columns: Column<DeliveryView>[] = [
    { title: 'id', cell: (row) => row.id },
    { title: 'time', cell: (row) => session.clock(row.created) },
    { title: 'event', cell: (row) => row.event },
    { title: 'seq', cell: (row) => row.seq, align: 'right', dispensable: true },
    {
      title: 'state',
      cell: (row) =>
        `${deliveryStateText(row, { policy, nowMs, renderDuration })}${row.replay ? ', replay' : ''}`,
      tone: (row) => DELIVERY_CLASSES[row.state],
    },
    { title: 'tries', cell: (row) => row.attempts, align: 'right', dispensable: true },
    // In the list of a job's subscription it would say the same in every row.
    ...(rows.every((row) => row.associatedUuid === associatedUuid) ? [] : [ABOUT]),
    { title: 'url', cell: (row) => row.url, shrink: 'middle' },
  ];
  await printRows(session, options, { rows, columns, whenEmpty: 'No event has matched yet.' });
}

/** Sends a sample and shows what the receiver said. */
export async function testSubscription(
  { session, client, lookup, options }: Invocation<TestOptions>,
  typed: string,
): Promise<ExitCode> {
  const api = client();
  const id = await resolveSubscriptionId(lookup(), typed);
  const attempt = await api.notifications.test(
    id,
    options.event === undefined ? {} : { event: options.event },
  );
  const columns = attemptColumns(session);
  const pairs = columns.map(({ title, cell }): [string, unknown] => [title, cell(attempt)]);
  await printPairs(session, options, { result: attempt, pairs });
  return attempt.outcome === 'delivered' ? EXIT.ok : EXIT.error;
}

/** Shows what would be sent for an event of a job. */
export async function preview(
  { session, client, lookup, options }: Invocation<PreviewOptions>,
  url: string,
): Promise<void> {
  const api = client();
  const jobId = await resolveJobId(lookup(), options.job);
  const { event } = options;
  const shown = await api.notifications.preview({ url, jobId, ...(event !== undefined && { event }) });
  const human = () =>
    shown.mail === null
      ? `POST ${shown.url}\n\n${renderJson(shown.body)}\n`
      : `To: ${shown.url}\nSubject: ${shown.mail.subject}\n\n${shown.mail.text}`;
  await printResult(session, options, { result: shown, human });
}
