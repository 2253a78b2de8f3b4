import type { CredentialView, QueueView } from '@arras/contract';
import { renderCheckStep } from '../check-step.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isForPeople, type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import { readDocument } from '../read-document.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';

import type { FileOptions } from './documents.ts';

/** Enters a system step by step and shows each; the exit code is 1 when one failed. */
export async function checkSystem(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<ExitCode> {
  const steps = await client().systems.check(id);
  const human = () => steps.map((step) => renderCheckStep(step, session.terminal)).join('');
  await printResult(session, options, { result: steps, human });
  return steps.some(({ result }) => result === 'failed') ? EXIT.error : EXIT.ok;
}

const CREDENTIAL_COLUMNS: Column<CredentialView>[] = [
  { title: 'connection', cell: ({ connection }) => connection },
  { title: 'type', cell: ({ type }) => type },
  { title: 'account', cell: ({ username }) => username },
  { title: 'changed', cell: ({ lastUpdated }) => lastUpdated },
];

/** Lists what a system has to prove who it is for; never the secrets. */
export async function listCredentials(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<void> {
  const rows = await client().systems.credentials.list(id);
  const whenEmpty = `${id} has no credentials: systems of this host need none.`;
  await printRows(session, options, { rows, columns: CREDENTIAL_COLUMNS, whenEmpty });
}

/** Replaces the credentials of one connection by those of a document. */
export async function setCredentials(
  { session, client, options }: Invocation<FileOptions>,
  id: string,
): Promise<void> {
  // The service checks the document and names every problem; a second check here would only differ.
  const body = (await readDocument(options.file)) as Parameters<
    ReturnType<typeof client>['systems']['credentials']['set']
  >[1];
  const stored = await client().systems.credentials.set(id, body);
  const human = () => `${stored.connection}\n`;
  await printResult(session, options, { result: stored, human });
  session.say(`Stored new credentials for the ${stored.connection} of ${id}.\n`);
}

/** Deletes the credentials of one connection. */
export async function deleteCredentials(
  { session, client }: Invocation<unknown>,
  id: string,
  connection: string,
): Promise<void> {
  // Another word is refused by the service, which names those that there are.
  await client().systems.credentials.delete(id, connection as 'login' | 'storage');
  session.say(`${id} has no credentials for its ${connection} any more; its jobs wait.\n`);
}

const QUEUE_COLUMNS: Column<QueueView>[] = [
  { title: 'queue', cell: ({ name }) => name },
  { title: 'default', cell: (queue) => (queue.default ? 'yes' : '') },
  { title: 'jobs', cell: ({ maxJobs }) => limitText(maxJobs), align: 'right' },
  { title: 'per user', cell: ({ maxUserJobs }) => limitText(maxUserJobs), align: 'right' },
  { title: 'nodes', cell: ({ maxNodes }) => limitText(maxNodes), align: 'right' },
  {
    title: 'processors',
    cell: ({ maxProcessorsPerNode }) => limitText(maxProcessorsPerNode),
    align: 'right',
  },
  { title: 'memory', cell: ({ maxMemoryPerNode }) => limitText(maxMemoryPerNode, ' GB'), align: 'right' },
  { title: 'time', cell: ({ maxRequestedTime }) => maxRequestedTime, align: 'right' },
];

function limitText(limit: number, unit = ''): string {
  return limit === -1 ? 'any' : `${limit}${unit}`;
}

/** Lists the queues of a system. */
export async function listQueues(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<void> {
  const rows = await client().systems.queues.list(id);
  await printRows(session, options, { rows, columns: QUEUE_COLUMNS, whenEmpty: `${id} has no queues.` });
}

/** Shows one queue. */
export async function showQueue(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
  name: string,
): Promise<void> {
  const queue = await client().systems.queues.show(id, name);
  await printPairs(session, options, { result: queue, pairs: Object.entries(queue) });
}

/** Adds a queue, or replaces the one of its name. */
export async function setQueue(
  { session, client, options }: Invocation<FileOptions>,
  id: string,
): Promise<void> {
  const body = (await readDocument(options.file)) as Parameters<
    ReturnType<typeof client>['systems']['queues']['set']
  >[1];
  const queue = await client().systems.queues.set(id, body);
  await printResult(session, options, { result: queue, human: () => `${queue.name}\n` });
  if (isForPeople(options)) session.say(`${id} has the queue ${queue.name}.\n`);
}

/** Deletes a queue. */
export async function deleteQueue(
  { session, client }: Invocation<unknown>,
  id: string,
  name: string,
): Promise<void> {
  await client().systems.queues.delete(id, name);
  session.say(`Deleted the queue ${name} of ${id}; jobs in it go on.\n`);
}
