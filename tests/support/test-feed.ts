import { pino } from 'pino';
import { Registry } from 'prom-client';
import { composeRealtime } from '../../packages/server/src/compose-realtime.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { listenToChanges } from '../../packages/server/src/database/changes.ts';
import { type Db, openDatabase, openPool } from '../../packages/server/src/database/connection.ts';
import { type Feed, LiveFeed } from '../../packages/server/src/events/feed.ts';
import type { ViewContext } from '../../packages/server/src/events/view-context.ts';
import { LoadMeter } from '../../packages/server/src/http/load-meter.ts';
import { createPolling, type Polling } from '../../packages/server/src/http/polling/polling.ts';
import { createStreamMeter } from '../../packages/server/src/realtime/meter.ts';
import type { Realtime } from '../../packages/server/src/realtime/realtime.ts';
import type { TestDatabase } from './database.ts';

/** The feed of a process as the service has it. Dispose it before the database goes. */
export interface TestFeed extends AsyncDisposable {
  readonly feed: LiveFeed;
  /** Reads as the service does, numbers as numbers. */
  readonly db: Db;
}

/** Hears of what `db` commits; looks at the tables on a connection of its own. */
export async function startTestFeed({ connection }: TestDatabase, db: Db): Promise<TestFeed> {
  const pool = openPool(connection, { max: 4, onError: () => undefined });
  const own = openDatabase(pool);
  const feed = new LiveFeed({ db: own, replica: 'test', log: pino({ level: 'silent' }) });
  listenToChanges(db, feed.publish);
  await feed.start();
  return {
    feed,
    db: own,
    [Symbol.asyncDispose]: async () => {
      await feed[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}

/** Streams over a feed; to be disposed before the server is closed. */
export function createTestRealtime(parts: {
  readonly db: Db;
  readonly feed: LiveFeed;
  readonly view: ViewContext;
}): Realtime {
  const streamMeter = createStreamMeter(new Registry(), () => parts.feed.heldSeconds());
  return composeRealtime({ ...parts, config: readConfig({}), log: pino({ level: 'silent' }), streamMeter });
}

/** The memory behind polling over a feed. */
export function createTestPolling(parts: {
  readonly db: Db;
  readonly feed: Feed;
  readonly view: ViewContext;
  readonly metrics?: Registry;
}): Polling {
  const { db, feed, view, metrics = new Registry() } = parts;
  return createPolling({
    db,
    feed,
    view,
    metrics,
    version: '2.4.9-rtest',
    maxBytes: 2 ** 24,
    monitorEveryMs: 5_000,
  });
}

/** What a bed has in hand, as the service counts it. */
export function createTestLoad(
  db: Db,
  metrics: Registry,
  { formatTime }: Pick<ViewContext, 'formatTime'>,
): LoadMeter {
  return new LoadMeter(metrics, { db, formatTime, now: () => new Date(), nowMs: () => performance.now() });
}
