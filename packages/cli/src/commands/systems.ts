import type {
  PartHealth,
  QueueView,
  SystemHealthView,
  SystemRequestBody,
  SystemRoleView,
  SystemSummary,
  SystemView,
} from '@arras/contract';
import { isForPeople, type OutputOptions, printPairs, printRows } from '../print.ts';
import { readDocument } from '../read-document.ts';
import type { Invocation } from '../runner.ts';
import { type Column, renderTable } from '../table.ts';
import { type FileOptions, printChanged } from './documents.ts';
import type { ListOptions } from './job-list.ts';

/** Options of the listing. */
export interface SystemListOptions extends ListOptions {
  readonly type?: string;
}

/** Options of a preference. */
export interface DefaultOptions extends OutputOptions {
  readonly global?: boolean;
}

const ANSWERS = {
  ok: 'ok',
  degraded: 'degraded',
  down: 'down',
  unknown: '',
} as const satisfies Record<SystemHealthView['status'], string>;

const COLUMNS: Column<SystemSummary>[] = [
  { title: 'id', cell: (system) => system.id },
  { title: 'type', cell: (system) => system.type },
  { title: 'status', cell: (system) => (system.available ? system.status : `${system.status}, disabled`) },
  { title: 'answers', cell: ({ health }) => ANSWERS[health?.status ?? 'unknown'] },
  { title: 'default', cell: (system) => (system.default ? 'yes' : '') },
  { title: 'public', cell: (system) => (system.public ? 'yes' : '') },
  { title: 'owner', cell: (system) => system.owner },
  { title: 'name', cell: (system) => system.name, shrink: 'end' },
];

/** Lists systems. */
export async function listSystems({
  session,
  client,
  options,
}: Invocation<SystemListOptions>): Promise<void> {
  const { limit, offset, type } = options;
  const rows = await client().systems.list({ limit, offset, type });
  const whenEmpty = `No systems yet. Register one: ${session.program} systems create -F system.json`;
  await printRows(session, options, { rows, columns: COLUMNS, whenEmpty });
}

/** Shows one system, with its queues. */
export async function showSystem(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<void> {
  const system = await client().systems.show(id);
  await printPairs(session, options, { result: system, pairs: systemPairs(system) });
  if (!isForPeople(options)) return;
  const place = { terminal: session.terminal, width: session.width() };
  const { parts = [] } = system.health ?? {};
  if (parts.length > 0) session.out(`\n${renderTable(PART_COLUMNS, parts, place)}`);
  if (system.type === 'EXECUTION') session.out(`\n${renderTable(QUEUE_COLUMNS, system.queues, place)}`);
}

const PART_COLUMNS: Column<PartHealth>[] = [
  { title: 'part', cell: ({ part }) => part },
  { title: 'answers', cell: ({ status }) => status },
  { title: 'since', cell: ({ since }) => since },
  { title: 'checked', cell: ({ lastCheck }) => lastCheck },
  { title: 'next check', cell: ({ nextCheck }) => nextCheck ?? 'at its next use' },
  { title: 'p95', cell: ({ latencyP95 }) => latencyText(latencyP95), align: 'right' },
  { title: 'why', cell: ({ reason }) => reason, shrink: 'end' },
];

function latencyText(milliseconds: number | null): string {
  return milliseconds === null ? '' : `${milliseconds} ms`;
}

function systemPairs(system: SystemView): [string, unknown][] {
  const { storage } = system;
  const common: [string, unknown][] = [
    ['id', system.id],
    ['name', system.name],
    ['type', system.type],
    ['status', system.available ? system.status : `${system.status}, disabled`],
    ['answers', system.health?.status],
    ['p95 latency', latencyText(system.health?.latencyP95 ?? null)],
    ['owner', system.owner],
    ['storage', `${storage.protocol} ${storage.host ?? ''}`.trim()],
    ['root directory', storage.rootDir],
    ['home directory', storage.homeDir],
  ];
  if (system.type === 'STORAGE') return common;
  return [
    ...common,
    ['scheduler', system.scheduler],
    ['login', `${system.login.protocol} ${system.login.host ?? ''}`.trim()],
    ['scratch directory', system.scratchDir],
  ];
}

const QUEUE_COLUMNS: Column<QueueView>[] = [
  { title: 'queue', cell: (queue) => queue.name },
  { title: 'default', cell: (queue) => (queue.default ? 'yes' : '') },
  { title: 'max nodes', cell: (queue) => unlessUnlimited(queue.maxNodes), align: 'right' },
  { title: 'max memory', cell: (queue) => unlessUnlimited(queue.maxMemoryPerNode), align: 'right' },
  { title: 'max time', cell: (queue) => queue.maxRequestedTime },
];

function unlessUnlimited(limit: number): string {
  return limit === -1 ? 'no limit' : String(limit);
}

/** Registers a system. */
export async function createSystem(call: Invocation<FileOptions>): Promise<void> {
  // The service checks descriptions and names every problem at once.
  const system = await call
    .client()
    .systems.create((await readDocument(call.options.file)) as SystemRequestBody);
  await printChanged(call, {
    result: system,
    sentence: `Registered the ${system.type.toLowerCase()} system ${system.id}.`,
  });
}

/** Changes a system. */
export async function updateSystem(call: Invocation<FileOptions>, id: string): Promise<void> {
  const system = await call
    .client()
    .systems.update(id, (await readDocument(call.options.file)) as SystemRequestBody);
  await printChanged(call, {
    result: system,
    sentence: `Changed ${system.id}; it is at revision ${system.revision}.`,
  });
}

/** Enables, disables, publishes or unpublishes a system. */
export async function actOnSystem(
  call: Invocation<OutputOptions>,
  id: string,
  action: 'enable' | 'disable' | 'publish' | 'unpublish',
): Promise<void> {
  const system = await call.client().systems.act(id, action);
  const state = `${system.available ? 'enabled' : 'disabled'} and ${system.public ? 'public' : 'private'}`;
  await printChanged(call, { result: system, sentence: `${system.id} is ${state}.` });
}

/** Deletes a system. */
export async function deleteSystem({ session, client }: Invocation<unknown>, id: string): Promise<void> {
  await client().systems.delete(id);
  session.say(`Deleted ${id}; its id is not given out again.\n`);
}

/** Makes a system the default of its type, or no longer. */
export async function preferSystem(
  call: Invocation<DefaultOptions>,
  id: string,
  choice: 'set' | 'unset',
): Promise<void> {
  const action = `${choice}${call.options.global === true ? 'GlobalDefault' : 'Default'}` as const;
  const system = await call.client().systems.act(id, action);
  await printChanged(call, {
    result: system,
    sentence: `${system.id} is ${system.default ? '' : 'not '}your default ${system.type.toLowerCase()} system.`,
  });
}

const ROLE_COLUMNS: Column<SystemRoleView>[] = [
  { title: 'user', cell: (role) => role.username },
  { title: 'role', cell: (role) => role.role },
];

/** Lists the roles on a system. */
export async function listRoles(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<void> {
  const rows = await client().systems.roles.list(id);
  await printRows(session, options, {
    rows,
    columns: ROLE_COLUMNS,
    whenEmpty: `Nobody has a role on ${id}.`,
  });
}

/** Shows the role of one user. */
export async function showRole(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
  username: string,
): Promise<void> {
  const role = await client().systems.roles.show(id, username);
  await printPairs(session, options, {
    result: role,
    pairs: [
      ['user', role.username],
      ['role', role.role],
    ],
  });
}

/** Gives a user a role. */
export async function grantRole(
  { session, client, options }: Invocation<OutputOptions>,
  grant: { id: string; username: string; role: string },
): Promise<void> {
  const rows = await client().systems.roles.grant(grant.id, grant.username, grant.role);
  await printRows(session, options, {
    rows,
    columns: ROLE_COLUMNS,
    whenEmpty: `${grant.username} has no role on ${grant.id}.`,
  });
}

/** Takes the role of a user away. */
export async function revokeRole(
  { session, client }: Invocation<unknown>,
  id: string,
  username: string,
): Promise<void> {
  await client().systems.roles.revoke(id, username);
  session.say(`${username} has no role on ${id}.\n`);
}
