import { text } from 'node:stream/consumers';
import type { Client } from '@arras/client';
import { type JobSummary, RESOURCE_CODES } from '@arras/contract';
import { EXIT } from './exit-codes.ts';
import { Refusal } from './refusal.ts';

const ENDING = `-${RESOURCE_CODES.job}`;
const PAGE = 250;
/** How far back a part of an id is sought. */
const PAGES = 4;

/** True for a text that can only mean one job, where a filter is possible as well. */
export function namesJob(typed: string): boolean {
  return isJobId(typed) || typed === 'last' || /^@./.test(typed);
}

function isJobId(typed: string): boolean {
  return /^[0-9a-f-]{36,40}$/.test(typed) && typed.endsWith(ENDING);
}

/**
 * The id of a job from what a person types: the id, `last` for the one submitted last, `@name` for the newest of that
 * name, or the beginning or the end of an id, of its second part too (`8f2c`), as long as only one of the latest 1000
 * jobs fits.
 */
export async function resolveJobId(client: Client, typed: string): Promise<string> {
  if (isJobId(typed)) return typed;
  if (typed.startsWith('@')) return resolveJobName(client, typed);
  if (typed === 'last')
    return (await listNewest(client, { limit: 1, offset: 0 }))[0]?.id ?? refuseNone(typed);
  const found = new Map<string, JobSummary>();
  for (let page = 0; page < PAGES; page++) {
    const jobs = await listNewest(client, { limit: PAGE, offset: page * PAGE });
    for (const job of jobs) if (fits(job.id, typed)) found.set(job.id, job);
    if (jobs.length < PAGE) break;
  }
  const [only, ...others] = found.values();
  if (only === undefined) return refuseNone(typed);
  return others.length === 0 ? only.id : refuseSeveral(typed, [only, ...others]);
}

/** The ids of several jobs, in the order given. */
export async function resolveJobIds(client: Client, typed: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const one of await readTyped(typed)) ids.push(await resolveJobId(client, one));
  return [...new Set(ids)];
}

/** What was typed, with what the standard input has in the place of a `-`: ids with white space between them. */
export async function readTyped(typed: readonly string[]): Promise<readonly string[]> {
  if (!typed.includes('-')) return typed;
  const read = (await text(process.stdin)).split(/\s+/).filter((id) => id !== '');
  return typed.flatMap((one) => (one === '-' ? read : [one]));
}

/** Of your own jobs the newest with that name, in any case; else the newest of the only name that begins so. */
async function resolveJobName(client: Client, typed: string): Promise<string> {
  const name = typed.slice(1);
  const [newest] = await listNamed(client, { name }, 1);
  if (newest !== undefined) return newest.id;
  const begun = await listNamed(client, { 'name.like': `${name}*` }, PAGE);
  const [first, ...others] = newestOfEachName(begun);
  if (first === undefined) return refuseNone(typed);
  return others.length === 0 ? first.id : refuseSeveral(typed, [first, ...others]);
}

function listNamed(
  client: Client,
  condition: Readonly<Record<string, string>>,
  limit: number,
): Promise<JobSummary[]> {
  // Administrators who search see the jobs of everybody; a name without an owner means one's own.
  return client.jobs.list({ ...condition, owner: 'me', limit, orderBy: 'created', order: 'DESC' });
}

function newestOfEachName(jobs: readonly JobSummary[]): readonly JobSummary[] {
  const newest = new Map<string, JobSummary>();
  for (const job of jobs) if (!newest.has(job.name)) newest.set(job.name, job);
  return [...newest.values()];
}

function listNewest(client: Client, page: { limit: number; offset: number }): Promise<JobSummary[]> {
  return client.jobs.list({ ...page, orderBy: 'created', order: 'DESC' });
}

/**
 * True when the text is the beginning or the end of the id, or the beginning of its second part. `ending` is what all
 * ids of the kind end in, and nobody types.
 */
export function fits(id: string, typed: string, ending: string = ENDING): boolean {
  if (typed === '') return false;
  return (
    id.startsWith(typed) ||
    id.endsWith(typed) ||
    id.endsWith(`${typed}${ending}`) ||
    (id.split('-')[1] ?? '').startsWith(typed)
  );
}

function refuseNone(typed: string): never {
  throw new Refusal({
    what: typed === 'last' ? 'You have no jobs yet.' : `No job of yours is called ${typed}.`,
    why: 'Expected the id of a job, its beginning or end, the word last, or @ and the name of a job.',
    todo: 'arras jobs list',
    exitCode: EXIT.notFound,
  });
}

function refuseSeveral(typed: string, jobs: readonly JobSummary[]): never {
  const shown = jobs.slice(0, 5).map(({ id, name }) => `${id} (${name})`);
  const more = jobs.length > shown.length ? ` and ${jobs.length - shown.length} more` : '';
  throw new Refusal({
    what: `${typed} fits ${jobs.length} jobs.`,
    why: `They are ${shown.join(', ')}${more}.`,
    todo: 'Type more of it, or one of these ids.',
  });
}
