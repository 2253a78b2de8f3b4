import { parseFileAddress } from '@arras/client';
import type { FileEntry, OutputEntry } from '@arras/contract';
import { hasControls } from '../clean-text.ts';
import { resolveJobId } from '../job-id.ts';
import { renderSize } from '../quantities.ts';
import type { Environment } from '../terminal.ts';
import type { Candidate, TypedFlags } from './complete.ts';
import { askCached, listLiveValues } from './live-values.ts';

/** More of a directory is not asked for: nobody reads it below a prompt. */
const MOST = 250;

const SCHEMES = ['agave://', 'tapis://'];

/** Systems as `agave://SYSTEM/`, and behind that what is in the directory that is typed: one call. */
export async function listAddresses(
  env: Environment,
  typed: string,
  flags: TypedFlags,
): Promise<readonly Candidate[]> {
  const scheme = SCHEMES.find((each) => typed.startsWith(each) || each.startsWith(typed));
  const isInSystem = scheme !== undefined && typed.slice(scheme.length).includes('/');
  if (scheme !== undefined && !isInSystem) return systemAddresses(env, scheme, flags);
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  const at = parseFileAddress(directory);
  if (at === null) return [];
  const isPlain = at.systemId === undefined;
  return askCached(env, flags, {
    topic: `files ${directory}`,
    ask: async ({ call }, signal) => {
      const params = {
        ...(at.systemId !== undefined && { systemId: at.systemId }),
        ...(at.path !== undefined && at.path !== '' && { path: at.path }),
      };
      const entries = await call('listFiles', { params, query: { limit: MOST }, signal });
      // In addresses a percent sign begins an escape.
      return candidatesOf(entries, (name) => directory + (isPlain ? name : encodeURIComponent(name)));
    },
  });
}

async function systemAddresses(
  env: Environment,
  scheme: string,
  flags: TypedFlags,
): Promise<readonly Candidate[]> {
  const systems = await listLiveValues(env, 'system', flags);
  return systems.map(({ value, description }) => ({ value: `${scheme}${value}/`, description }));
}

/** What is in the directory of a job that is typed. */
export function listOutputPaths(
  env: Environment,
  { job, typed, flags }: { readonly job: string; readonly typed: string; readonly flags: TypedFlags },
): Promise<readonly Candidate[]> {
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  return askCached(env, flags, {
    topic: `outputs ${job} ${directory}`,
    ask: async (client, signal) => {
      // A whole id needs no call of its own.
      const id = await resolveJobId(client, job);
      const params = { id, ...(directory !== '' && { path: directory }) };
      const entries = await client.call('listJobOutputs', { params, query: { limit: MOST }, signal });
      return candidatesOf(entries, (name) => directory + name);
    },
  });
}

/** Directories end in a slash, so that the next key press goes on in them. */
function candidatesOf(
  entries: readonly (FileEntry | OutputEntry)[],
  write: (name: string) => string,
): readonly Candidate[] {
  return entries.flatMap(({ name, type, length }) => {
    // What a shell would not take as one word of plain text is left to be typed.
    if (name === '.' || hasControls(name)) return [];
    if (type === 'dir') return [{ value: `${write(name)}/`, description: 'directory' }];
    return [{ value: write(name), description: length < 0 ? '' : renderSize(length) }];
  });
}
