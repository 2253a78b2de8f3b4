import type { AppRequestBody, AppSummary, AppView } from '@arras/contract';
import { isForPeople, type OutputOptions, printPairs, printRows } from '../print.ts';
import { readDocument } from '../read-document.ts';
import type { Invocation } from '../runner.ts';
import { type Column, renderTable } from '../table.ts';
import { type FileOptions, printChanged } from './documents.ts';
import type { ListOptions } from './job-list.ts';

const COLUMNS: Column<AppSummary>[] = [
  { title: 'id', cell: (app) => app.id },
  { title: 'runs on', cell: (app) => app.executionSystem },
  {
    title: 'state',
    cell: (app) => `${app.available ? 'enabled' : 'disabled'}${app.isPublic ? ', public' : ''}`,
  },
  { title: 'owner', cell: (app) => app.owner },
  { title: 'label', cell: (app) => app.label ?? app.shortDescription ?? '', shrink: 'end' },
];

/** Lists apps. */
export async function listApps({ session, client, options }: Invocation<ListOptions>): Promise<void> {
  const rows = await client().apps.list({ limit: options.limit, offset: options.offset });
  const whenEmpty = `No apps yet. Register one: ${session.program} apps create -F app.json`;
  await printRows(session, options, { rows, columns: COLUMNS, whenEmpty });
}

interface Argument {
  readonly kind: string;
  readonly id: string;
  readonly type: string;
  readonly needed: boolean;
  readonly text: string;
}

const ARGUMENT_COLUMNS: Column<Argument>[] = [
  { title: 'kind', cell: (argument) => argument.kind },
  { title: 'id', cell: (argument) => argument.id },
  { title: 'type', cell: (argument) => argument.type },
  { title: 'required', cell: (argument) => (argument.needed ? 'yes' : '') },
  { title: 'meaning', cell: (argument) => argument.text, shrink: 'end' },
];

/** Shows one app with what a job of it may give. */
export async function showApp(
  { session, client, options }: Invocation<OutputOptions>,
  id: string,
): Promise<void> {
  const app = await client().apps.show(id);
  await printPairs(session, options, { result: app, pairs: appPairs(app) });
  if (!isForPeople(options)) return;
  const place = { terminal: session.terminal, width: session.width() };
  session.out(`\n${renderTable(ARGUMENT_COLUMNS, listArguments(app), place)}`);
}

function appPairs(app: AppView): [string, unknown][] {
  return [
    ['id', app.id],
    ['label', app.label],
    ['description', app.shortDescription],
    [
      'state',
      `${app.available ? 'enabled' : 'disabled'}${app.isPublic ? ', public' : ''}, revision ${app.revision}`,
    ],
    ['owner', app.owner],
    ['runs on', app.executionSystem],
    ['deployed at', `${app.deploymentSystem}:${app.deploymentPath}`],
    ['wrapper', app.templatePath],
  ];
}

function listArguments({ inputs, parameters }: AppView): Argument[] {
  const shown = <Item extends { value: { visible: boolean } }>(items: readonly Item[]) =>
    items.filter((item) => item.value.visible);
  const about = (item: AppView['inputs'][number] | AppView['parameters'][number]) => ({
    id: item.id,
    needed: item.value.required,
    text: item.details.description || item.details.label,
  });
  return [
    ...shown(inputs).map((input) => ({ ...about(input), kind: 'input', type: 'file' })),
    ...shown(parameters).map((parameter) => ({
      ...about(parameter),
      kind: 'parameter',
      type: parameter.value.type,
    })),
  ];
}

/** Registers an app. */
export async function createApp(call: Invocation<FileOptions>): Promise<void> {
  // The service checks descriptions and names every problem at once.
  const app = await call.client().apps.create((await readDocument(call.options.file)) as AppRequestBody);
  await printChanged(call, {
    result: app,
    sentence: `Registered the app ${app.id}; it runs on ${app.executionSystem}.`,
  });
}

/** Changes an app. */
export async function updateApp(call: Invocation<FileOptions>, id: string): Promise<void> {
  const app = await call.client().apps.update(id, (await readDocument(call.options.file)) as AppRequestBody);
  await printChanged(call, {
    result: app,
    sentence: `Changed ${app.id}; it is at revision ${app.revision}.`,
  });
}

/** Enables, disables, publishes or unpublishes an app. */
export async function actOnApp(
  call: Invocation<OutputOptions>,
  id: string,
  action: 'enable' | 'disable' | 'publish' | 'unpublish',
): Promise<void> {
  const app = await call.client().apps.act(id, action);
  const state = `${app.available ? 'enabled' : 'disabled'} and ${app.isPublic ? 'public' : 'private'}`;
  await printChanged(call, { result: app, sentence: `${app.id} is ${state}.` });
}

/** Options of a copy. */
export interface CloneOptions extends OutputOptions {
  readonly name?: string;
  readonly version?: string;
  readonly executionSystem?: string;
}

/** Makes a copy of an app. */
export async function cloneApp(call: Invocation<CloneOptions>, id: string): Promise<void> {
  const { name, version, executionSystem } = call.options;
  const body = { action: 'clone', name, version, executionSystem } as const;
  const app = await call.client().call('actOnApp', { params: { id }, body });
  await printChanged(call, {
    result: app,
    sentence: `Cloned ${id} as ${app.id}; it runs on ${app.executionSystem}.`,
  });
}

/** Hides an app. */
export async function deleteApp({ session, client }: Invocation<unknown>, id: string): Promise<void> {
  await client().apps.delete(id);
  session.say(`Deleted ${id}; its jobs are not touched.\n`);
}
