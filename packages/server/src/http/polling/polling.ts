import type { Registry } from 'prom-client';
import type { Db } from '../../database/connection.ts';
import { findShownSystems } from '../../database/execution-systems.ts';
import { readHistories } from '../../database/history.ts';
import { findStoredJobs } from '../../database/stored-jobs.ts';
import type { Feed } from '../../events/feed.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { ChangeClock } from './change-clock.ts';
import { JobAnswers } from './job-answers.ts';
import { JobCopies } from './job-copies.ts';
import { ListCopies } from './list-copies.ts';
import { OpenWaits } from './open-waits.ts';
import { createPollingMeter } from './polling-meter.ts';
import { SystemCopies } from './system-copies.ts';

/** What polls are answered with. */
export interface Polling extends Disposable {
  /** Takes what is kept of jobs. */
  readonly jobs: JobCopies;
  readonly systems: SystemCopies;
  readonly answers: JobAnswers;
  readonly lists: ListCopies;
  readonly waits: OpenWaits;
  /** Counts a list that is being read from the tables. */
  countedList<List>(making: Promise<List>): Promise<List>;
  /** Milliseconds between two looks at the programs of one system. */
  readonly monitorEveryMs: number;
}

/** What {@link createPolling} works with. */
export interface PollingParts {
  readonly db: Db;
  readonly feed: Feed;
  readonly view: ViewContext;
  /** The envelope's. */
  readonly version: string;
  readonly metrics: Registry;
  /** Most bytes that copies may take, about. */
  readonly maxBytes: number;
  /** Milliseconds between two looks at the programs of one system. */
  readonly monitorEveryMs: number;
}

/** The part of the memory that lists may take. */
const LISTS_SHARE = 0.25;

/** Makes the memory behind polling. It hears of changes until its disposal. */
export function createPolling(parts: PollingParts): Polling {
  const { db, feed, view, version, maxBytes, monitorEveryMs } = parts;
  const clock = new ChangeClock();
  const hasCompany = () => feed.hasCompany;
  const waits = new OpenWaits(feed);
  const lists = new ListCopies({ clock, hasCompany, maxBytes: maxBytes * LISTS_SHARE });
  const meter = createPollingMeter(parts.metrics, {
    waits: () => waits.size,
    bytes: () => jobs.bytes + lists.bytes,
  });
  const jobs: JobCopies = new JobCopies({
    load: (ids) => meter.counted('jobs', findStoredJobs(db, ids)),
    clock,
    hasCompany,
    maxBytes: maxBytes * (1 - LISTS_SHARE),
  });
  const systems = new SystemCopies({
    load: (ids) => meter.counted('systems', findShownSystems(db, ids)),
    clock,
  });
  const answers = new JobAnswers({
    loadHistories: (pages) => meter.counted('histories', readHistories(db, pages)),
    clock,
    jobs,
    systems,
    hasCompany,
    view,
    version,
  });
  const subscription = feed.onChange((change) => {
    clock.hear(change);
    jobs.hear(change);
  });
  return {
    jobs,
    systems,
    answers,
    lists,
    waits,
    countedList: (making) => meter.counted('lists', making),
    monitorEveryMs,
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}
