import pg from 'pg';

/** Statements that a process's connections send while somebody looks. */
export interface QuerySpy extends Disposable {
  /** Those about jobs, their events and what views of jobs show; not the feed's own looks. */
  readonly aboutJobs: () => readonly string[];
}

const ABOUT_JOBS = /\b(?:jobs|job_events|job_permissions|system_checks|systems|transfers)\b/;
const LOOK = /feed_horizon\(\)/;

/** Listens in on every connection of this process. */
export function spyOnQueries(): QuerySpy {
  const texts: string[] = [];
  const original = pg.Client.prototype.query;
  const spying = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    texts.push(typeof first === 'string' ? first : String((first as { text?: unknown } | undefined)?.text));
    return Reflect.apply(original, this, args);
  };
  pg.Client.prototype.query = spying as typeof original;
  return {
    aboutJobs: () => texts.filter((text) => ABOUT_JOBS.test(text) && !LOOK.test(text)),
    [Symbol.dispose]: () => {
      pg.Client.prototype.query = original;
    },
  };
}
