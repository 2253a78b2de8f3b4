import type {
  BodyInputOf,
  JobRequestBody,
  JobStatuses,
  QueryInputOf,
  ResolvedJobRequest,
} from '@arras/contract';
import { type EventsOptions, streamEvents } from './events.ts';
import type { DownloadOptions } from './file-calls.ts';
import { type FollowOptions, followJobs } from './follow.ts';
import type { Link } from './link.ts';
import type { Call, CallOptions } from './operation.ts';
import { placeOf, type ReadFileNews, type ReadFileOptions, readFile } from './read-file.ts';
import { savedFilterCalls } from './saved-filter-calls.ts';
import { readStatuses } from './seen-jobs.ts';
import { type WaitOptions, waitForJobs } from './wait.ts';
import { type WatchOptions, watchJobs } from './watch.ts';

/** Jobs: to submit and to stop them, and to know what they are doing. */
export function jobCalls(call: Call, link: Link) {
  return {
    /** Submits a job. Without a key of the caller's a random one is sent, so that the submission can be repeated. */
    submit: (body: JobRequestBody, { idempotencyKey }: { idempotencyKey?: string | undefined } = {}) =>
      call('submitJob', { body, headers: { 'idempotency-key': idempotencyKey } }),
    /** Checks a request without storing anything: what the job would become. */
    check: async (body: JobRequestBody): Promise<ResolvedJobRequest> => {
      const resolved: unknown = await call('submitJob', { body, query: { dryRun: true } });
      // The route's alternative success; the types know only the ordinary one.
      return resolved as ResolvedJobRequest;
    },
    list: (query: QueryInputOf<'listJobs'> = {}) => call('listJobs', { query }),
    /** How many jobs `list` has for the same search parameters, by status. */
    count: (query: QueryInputOf<'countJobs'> = {}) => call('countJobs', { query }),
    show: (id: string, query: QueryInputOf<'showJob'> = {}) => call('showJob', { params: { id }, query }),
    /** With `wait` and `since` it answers at the next event after that number, or after that many seconds. */
    status: (id: string, query: QueryInputOf<'showJobStatus'> = {}) =>
      call('showJobStatus', { params: { id }, query }),
    /** The statuses of any number of jobs, and the ids of those that are not there. */
    statuses: (ids: readonly string[]): Promise<JobStatuses> => readStatuses(call, ids),
    history: (id: string, query: QueryInputOf<'listJobHistory'> = {}) =>
      call('listJobHistory', { params: { id }, query }),
    /** Lets the program end: STOPPED. */
    stop: (id: string) => call('actOnJob', { params: { id }, body: { action: 'stop' } }),
    /** Ends the program at once: KILLED. */
    kill: (id: string) => call('actOnJob', { params: { id }, body: { action: 'kill' } }),
    delete: (id: string) => call('deleteJob', { params: { id } }),
    /** Submits a job of yours again; gives the new one. */
    resubmit: (id: string, body: BodyInputOf<'resubmitJob'> = {}) =>
      call('resubmitJob', { params: { id }, body }),
    /** Takes a job out of listings; whatever it does goes on. */
    hide: (id: string) => call('hideJob', { params: { id } }),
    /** Brings a hidden or deleted job back. */
    unhide: (id: string) => call('unhideJob', { params: { id } }),
    /** The events of one job or several, until they have ended; see {@link watchJobs}. */
    watch: (ids: string | readonly string[], options: WatchOptions = {}) => watchJobs(link, ids, options),
    /** Jobs with their histories, again at every change, until they have ended; see {@link followJobs}. */
    follow: (ids: string | readonly string[], options: FollowOptions = {}) => followJobs(link, ids, options),
    /** Waits for all jobs or for the first; see {@link waitForJobs}. */
    wait: (ids: string | readonly string[], options: WaitOptions = {}) => waitForJobs(link, ids, options),
    /** New events of all your jobs, or of those chosen; see {@link streamEvents}. */
    events: (options: EventsOptions = {}) => streamEvents(link, options),
    outputs: outputCalls(call, link),
    permissions: jobPermissionCalls(call),
    filters: savedFilterCalls(call),
  };
}

/** What a job has written, also while it runs. */
function outputCalls(call: Call, link: Link) {
  type Where = { readonly id: string; readonly path: string };
  const open = (by: Call, { id, path }: Where, { range, ifRange, signal }: DownloadOptions) =>
    by('downloadJobOutput', { params: { id, path }, headers: { range, 'if-range': ifRange }, signal });
  return {
    /** Files and directories at a path of the job's directory; without a path at its top. */
    list: (id: string, path = '', query: QueryInputOf<'listJobOutputs'> = {}) =>
      call('listJobOutputs', { params: { id, path }, query }),
    /** The bytes of a file, or of a part of it. */
    download: (id: string, path: string, options: DownloadOptions = {}) => open(call, { id, path }, options),
    /** A zip archive of a directory; without a path of everything. */
    downloadZip: (id: string, path = '', { signal }: { readonly signal?: AbortSignal | undefined } = {}) =>
      call('downloadJobOutput', { params: { id, path }, query: { zip: true }, signal }),
    /** The bytes of a file to its end, through lost connections; see {@link readFile}. */
    read: (id: string, path: string, options: ReadFileOptions = {}): AsyncGenerator<ReadFileNews, void> =>
      readFile((request) => open(link.call, { id, path }, request), placeOf(link, options), options),
    /** The bytes of a file from a byte on, and what is appended to it until the job has ended. */
    follow: (id: string, path: string, { start = 0, signal }: FollowOutputOptions = {}) =>
      call('downloadJobOutput', {
        params: { id, path },
        query: { follow: true },
        headers: { range: start === 0 ? undefined : `bytes=${start}-` },
        signal,
      }),
  };
}

/** From where on an output is followed, in bytes. */
export interface FollowOutputOptions {
  readonly start?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Who may see a job and change it; the user `world` is everybody. */
function jobPermissionCalls(call: Call) {
  type Permission = CallOptions<'grantJobPermission'>['body']['permission'];
  return {
    list: (id: string, query: QueryInputOf<'listJobPermissions'> = {}) =>
      call('listJobPermissions', { params: { id }, query }),
    show: (id: string, username: string) => call('showJobPermission', { params: { id, username } }),
    /** Replaces what the user had; NONE takes everything away. */
    grant: (id: string, username: string, permission: Permission) =>
      call('grantJobPermission', { params: { id }, body: { username, permission } }),
    revoke: (id: string, username: string) => call('revokeJobPermission', { params: { id, username } }),
    /** Takes all permissions away but the owner's. */
    drop: (id: string) => call('revokeJobPermissions', { params: { id } }),
  };
}
