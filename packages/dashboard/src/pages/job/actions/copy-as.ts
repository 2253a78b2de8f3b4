import type { JobStatus } from '@arras/contract';
import type { JobTab } from '../job-tabs.ts';
import { hasEnded } from '../job-words.ts';

/** The same call three ways. */
export interface CallTexts {
  readonly cli: string;
  readonly curl: string;
  readonly typescript: string;
}

/** What can be copied from the page of a job. */
export type CopiedCall = 'show' | 'watch' | 'history' | 'logs' | 'stop' | 'resubmit' | 'notifications';

/** What shows the same as a tab of the page. */
export function callOf(tab: JobTab, status: JobStatus): CopiedCall {
  if (tab === 'timeline') return hasEnded(status) ? 'history' : 'watch';
  if (tab === 'transfers') return 'history';
  return tab === 'logs' || tab === 'notifications' ? tab : 'show';
}

interface Shape {
  readonly cli: (id: string) => string;
  readonly path: (id: string) => string;
  /** Options of curl. Default: none. */
  readonly options?: string;
  readonly typescript: (id: string) => string;
}

const SHAPES = {
  show: {
    cli: (id) => `arras jobs show ${id}`,
    path: (id) => `/jobs/v2/${id}`,
    typescript: (id) => `const job = await client.jobs.show('${id}');`,
  },
  watch: {
    cli: (id) => `arras jobs watch ${id}`,
    path: (id) => `/jobs/v2/${id}/events`,
    options: '--no-buffer',
    typescript: (id) => `for await (const event of client.jobs.watch('${id}')) console.log(event.name);`,
  },
  history: {
    cli: (id) => `arras jobs history ${id}`,
    path: (id) => `/jobs/v2/${id}/history`,
    typescript: (id) => `const history = await client.jobs.history('${id}');`,
  },
  logs: {
    cli: (id) => `arras jobs logs --stderr ${id}`,
    path: (id) => `/jobs/v2/${id}/outputs/listings`,
    typescript: (id) => `const files = await client.jobs.outputs.list('${id}', '');`,
  },
  stop: {
    cli: (id) => `arras jobs stop ${id}`,
    path: (id) => `/jobs/v2/${id}`,
    options: `--header 'Content-Type: application/json' --data '{"action":"stop"}'`,
    typescript: (id) => `await client.jobs.stop('${id}');`,
  },
  resubmit: {
    cli: (id) => `arras jobs resubmit ${id}`,
    path: (id) => `/jobs/v2/${id}/resubmit`,
    options: '--request POST',
    typescript: (id) => `const again = await client.jobs.resubmit('${id}');`,
  },
  notifications: {
    cli: (id) => `arras notifications list ${id}`,
    path: (id) => `/notifications/v2?associatedUuid=${id}`,
    typescript: (id) => `const rows = await client.notifications.list({ associatedUuid: '${id}' });`,
  },
} as const satisfies Record<CopiedCall, Shape>;

/**
 * A call about a job as a command of the command line, as one of curl, and as TypeScript. `origin` is where the service
 * is; the token is a variable of the shell and never in the text. Ids are letters, digits and hyphens, which mean
 * themselves in all three; anything else gives a text that names no job.
 */
export function callTexts(call: CopiedCall, id: string, origin: string): CallTexts {
  const safe = /^[\w-]+$/.test(id) ? id : 'JOB_ID';
  const { cli, path, options, typescript }: Shape = SHAPES[call];
  const curl = ['curl', '--header "Authorization: Bearer $TOKEN"', options, `'${origin}${path(safe)}'`];
  return {
    cli: cli(safe),
    curl: curl.filter((part) => part !== undefined).join(' '),
    typescript: [
      `import { createClient } from '@arras/client';`,
      '',
      `const client = createClient({ url: '${origin}', token: process.env.ARRAS_TOKEN });`,
      typescript(safe),
    ].join('\n'),
  };
}
