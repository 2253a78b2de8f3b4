import type { CallOptions } from '@arras/client';
import type { MetadataView } from '@arras/contract';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import { readDocument } from '../read-document.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';

/** Options of a document that is stored or changed. */
export interface MetadataOptions extends OutputOptions {
  readonly file?: string;
  readonly name?: string;
  readonly value?: string;
  readonly associate?: readonly string[];
}

const COLUMNS: Column<MetadataView>[] = [
  { title: 'uuid', cell: ({ uuid }) => uuid },
  { title: 'name', cell: ({ name }) => name, shrink: 'end' },
  { title: 'owner', cell: ({ owner }) => owner },
  { title: 'value', cell: ({ value }) => JSON.stringify(value), shrink: 'end' },
];

/** Lists documents; with a query those that fit it. */
export async function listMetadata(
  { session, client, options }: Invocation<ListOptions>,
  q?: string,
): Promise<void> {
  const { limit, offset } = options;
  const rows = await client().call('listMetadata', { query: { limit, offset, q } });
  const whenEmpty = q === undefined ? 'No documents yet.' : 'No document fits.';
  await printRows(session, options, { rows, columns: COLUMNS, whenEmpty });
}

/** Shows one document. */
export async function showMetadata(
  { session, client, options }: Invocation<OutputOptions>,
  uuid: string,
): Promise<void> {
  await printDocument({ session, options }, await client().call('showMetadata', { params: { uuid } }));
}

/** Stores a document; prints its uuid. */
export async function createMetadata({
  session,
  client,
  options,
}: Invocation<MetadataOptions>): Promise<void> {
  const document = await client().call('createMetadata', { body: await readMetadata(options) });
  await printResult(session, options, { result: document, human: () => `${document.uuid}\n` });
}

/** Changes what is given of a document. */
export async function updateMetadata(
  { session, client, options }: Invocation<MetadataOptions>,
  uuid: string,
): Promise<void> {
  const body = await readMetadata(options);
  await printDocument(
    { session, options },
    await client().call('updateMetadata', { params: { uuid }, body }),
  );
}

/** Deletes a document. */
export async function deleteMetadata({ session, client }: Invocation<unknown>, uuid: string): Promise<void> {
  await client().call('deleteMetadata', { params: { uuid } });
  session.say(`Deleted ${uuid}.\n`);
}

type MetadataBody = CallOptions<'createMetadata'>['body'];

/** The document of a file, with what the command line says over it. */
async function readMetadata({ file, name, value, associate }: MetadataOptions): Promise<MetadataBody> {
  const document = file === undefined ? {} : await readDocument(file);
  return {
    ...document,
    ...(name !== undefined && { name }),
    ...(value !== undefined && { value: parseValue(value) }),
    ...(associate !== undefined && { associationIds: [...associate] }),
  } as MetadataBody;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal({
      what: `"${text}" is no JSON.`,
      why: error instanceof Error ? error.message : String(error),
      todo: `Write --value '{"key": "value"}', and a text in quotes of its own: --value '"text"'.`,
    });
  }
}

function printDocument(
  { session, options }: Pick<Invocation<OutputOptions>, 'session' | 'options'>,
  document: MetadataView,
): Promise<void> {
  const { uuid, name, owner, associationIds, created, lastUpdated, value } = document;
  return printPairs(session, options, {
    result: document,
    pairs: [
      ['uuid', uuid],
      ['name', name],
      ['owner', owner],
      ['about', associationIds.length === 0 ? null : associationIds.join(' ')],
      ['created', session.ago(created)],
      ['last updated', session.ago(lastUpdated)],
      ['value', JSON.stringify(value)],
    ],
  });
}
