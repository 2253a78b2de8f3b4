import { type Client, type FileAddress, pause, renderFileAddress } from '@arras/client';
import { FILE_STATUSES, type FileHistoryEntry, type FileReceipt } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { keepTrying } from '../keep-trying.ts';
import { readAllPages } from '../remote/all-pages.ts';
import { inspectAddress, readAddress, splitAddress } from '../remote/file-places.ts';
import { lastName } from '../remote/remote-tree.ts';
import type { Session } from '../session.ts';
import { Painter } from '../watch/painter.ts';
import { renderTransferBar } from '../watch/transfer-bars.ts';

/** Where a copy comes from. */
export type CopySource =
  | { readonly kind: 'system'; readonly address: FileAddress }
  | { readonly kind: 'elsewhere'; readonly url: string };

// What the service fetches from elsewhere.
const ELSEWHERE = /^(?:https?|ftps?|s3):\/\//i;

/** Reads where a copy comes from. @throws Refusal for what is no address. */
export function readSource(text: string): CopySource {
  if (ELSEWHERE.test(text)) return { kind: 'elsewhere', url: text };
  return { kind: 'system', address: readAddress(text) };
}

/** Lets the service fetch something from another system or from elsewhere. */
export async function ingest(
  client: Client,
  source: CopySource,
  destination: FileAddress,
): Promise<FileReceipt> {
  const urlToIngest = source.kind === 'elsewhere' ? source.url : await fullAddress(client, source.address);
  const path = destination.path ?? '';
  const isDirectory =
    path === '' || path.endsWith('/') || (await inspectAddress(client, destination)) === 'dir';
  if (isDirectory) return client.files.ingest(destination, { urlToIngest });
  const { directory, name } = splitAddress(destination);
  return client.files.ingest(directory, { urlToIngest, fileName: name });
}

/** The default system has an id as well. */
async function fullAddress(client: Client, { systemId, path }: FileAddress): Promise<string> {
  const known = systemId ?? (await client.files.list({ path }, { limit: 1 }))[0]?.system;
  return renderFileAddress({ systemId: known, path });
}

/** Between two looks at a copy that goes on in the background. */
const LOOK_AGAIN_MS = 1_000;

/** Waits until the content of a file is there, and shows how far it is. */
export async function awaitContent(
  session: Session,
  client: Client,
  { receipt, signal }: { readonly receipt: FileReceipt; readonly signal: AbortSignal },
): Promise<ExitCode> {
  const { systemId, path } = receipt;
  let latest: FileHistoryEntry | undefined;
  const { terminal, width, out } = session;
  const painter = new Painter({ repaint: terminal.repaint, width, write: out }, () =>
    latest?.progress === undefined
      ? [`${latest?.status ?? receipt.status}  ${cleanText(lastName(path))}`]
      : [renderTransferBar(latest.progress, terminal)],
  );
  painter.start();
  try {
    for (;;) {
      const read = () => readAllPages((page) => client.files.history({ systemId, path }, page));
      const history = await keepTrying(read, { signal });
      latest = history.findLast(({ status }) => (FILE_STATUSES as readonly string[]).includes(status));
      if (latest?.status === 'STAGING_COMPLETED') return EXIT.ok;
      if (latest?.status === 'STAGING_FAILED') break;
      await pause(LOOK_AGAIN_MS, signal);
    }
  } finally {
    painter.stop();
  }
  session.warn(`${cleanText(path)} was not copied: ${cleanText(latest.description)}\n`);
  return EXIT.error;
}
