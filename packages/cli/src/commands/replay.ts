import type { Client } from '@arras/client';
import type { DeliveryView } from '@arras/contract';
import { type OutputOptions, printResult, printRows } from '../print.ts';
import { parseDurationMs } from '../quantities.ts';
import { Refusal } from '../refusal.ts';
import { readAllPages } from '../remote/all-pages.ts';
import { chooseReplays, type ReplayChoice } from '../replay-choice.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { listEveryStatus, resolveSubscriptionId } from '../subscription-id.ts';
import type { Column } from '../table.ts';

/** Options of a replay. */
export interface ReplayOptions extends OutputOptions {
  readonly delivery?: readonly string[];
  readonly parked?: boolean;
  readonly failed?: boolean;
  readonly all?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
}

/** Puts past events in line again and prints how many; of one subscription, or with --failed of all of yours. */
export async function replay(call: Invocation<ReplayOptions>, typed?: string): Promise<void> {
  const { client, lookup, options } = call;
  const choice = readChoice(options, Date.now());
  const ids = typed === undefined ? await listOwn(call) : [await resolveSubscriptionId(lookup(), typed)];
  return options.dryRun === true
    ? printChosen(call, ids, choice)
    : sendAgain(call, client(), { ids, choice });
}

function readChoice({ delivery, since, until, ...options }: ReplayOptions, nowMs: number): ReplayChoice {
  return {
    ...(delivery !== undefined && { deliveries: [...delivery] }),
    ...(since !== undefined && { from: parseMoment('--since', since, nowMs) }),
    ...(until !== undefined && { until: parseMoment('--until', until, nowMs) }),
    ...((options.parked === true || options.failed === true) && { status: 'parked' as const }),
    ...(options.all === true && { status: 'all' as const }),
  };
}

/** Administrators see the subscriptions of everybody; what is not named means one's own. */
async function listOwn({ session, lookup, options }: Invocation<ReplayOptions>): Promise<readonly string[]> {
  if (options.failed !== true && options.parked !== true)
    throw new Refusal({
      what: 'Which subscription?',
      why: 'Without one it is about all of yours, but only with --failed.',
      todo: `${session.program} notifications replay --failed --since 2h --dry-run`,
    });
  const { username } = await lookup().profiles.show('me');
  const all: readonly { readonly id: string; readonly owner?: string }[] = await listEveryStatus(lookup(), {
    filter: 'id,owner',
  });
  return all.filter(({ owner }) => owner === username).map(({ id }) => id);
}

interface Replay {
  readonly ids: readonly string[];
  readonly choice: ReplayChoice;
}

async function sendAgain(
  { session, options }: Invocation<ReplayOptions>,
  api: Client,
  { ids, choice }: Replay,
): Promise<void> {
  const again: string[] = [];
  let count = 0;
  for (const id of ids) {
    const { deliveries, ...rest } = choice;
    const result = await api.notifications.replay(id, {
      ...rest,
      ...(deliveries && { deliveries: [...deliveries] }),
    });
    if (result.count > 0) again.push(id);
    count += result.count;
  }
  await printResult(session, options, { result: { count }, human: () => `${count}\n` });
  if (count === 0) return session.say('Nothing fits, so nothing is sent again.\n');
  const lines = again.map((id) => `  ${session.program} notifications deliveries ${id}\n`);
  session.say(`Put in line again with their old ids. To see what becomes of them:\n${lines.join('')}`);
}

/** Says what a replay would send; nothing is sent. */
async function printChosen(
  { session, client, options }: Invocation<ReplayOptions>,
  ids: readonly string[],
  choice: ReplayChoice,
): Promise<void> {
  const api = client();
  const chosen: DeliveryView[] = [];
  for (const id of ids) {
    const all = await readAllPages((page) => api.notifications.deliveries(id, page));
    chosen.push(...chooseReplays(all, choice));
  }
  const whenEmpty = 'Nothing fits, so nothing would be sent again.';
  await printRows(session, options, { rows: chosen, columns: chosenColumns(session), whenEmpty });
  if (chosen.length > 0) session.say(`${chosen.length} would be sent again; without --dry-run they are.\n`);
}

function chosenColumns({ clock }: Pick<Session, 'clock'>): Column<DeliveryView>[] {
  return [
    { title: 'id', cell: (row) => row.id },
    { title: 'time', cell: (row) => clock(row.created) },
    { title: 'event', cell: (row) => row.event },
    { title: 'state', cell: (row) => row.state },
    { title: 'tries', cell: (row) => row.attempts, align: 'right' },
    { title: 'about', cell: (row) => row.associatedUuid, shrink: 'middle', dispensable: true },
    { title: 'url', cell: (row) => row.url, shrink: 'middle' },
  ];
}

/** A time, or how long ago: `2026-03-04T10:15:30Z`, `2h`. */
function parseMoment(flag: string, text: string, nowMs: number): string {
  const agoMs = parseDurationMs(text);
  // Date.parse takes much for a time: 5/6 would be a day of 2001.
  const isDate = /^\d{4}-\d\d-\d\d/.test(text);
  const momentMs = agoMs === null ? Date.parse(isDate ? text : '') : nowMs - agoMs;
  if (!Number.isNaN(momentMs)) return new Date(momentMs).toISOString();
  throw new Refusal({
    what: `"${text}" is no time.`,
    why: 'Expected a time such as 2026-03-04T10:15:30Z, or how long ago, such as 2h.',
    todo: `Write ${flag} 2h.`,
  });
}
