import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { MessageKeys } from './auth/message-keys.ts';
import type { Config } from './config.ts';
import type { Db } from './database/connection.ts';
import { queueTasks } from './database/queue.ts';
import type { JobRow } from './database/tables.ts';
import type { NewId } from './domain/id-source.ts';
import type { DeadlineKind } from './domain/lifecycle.ts';
import { runLimitMs } from './domain/run-limit.ts';
import { AppDefinitions } from './engine/app-definitions.ts';
import { AppTemplates } from './engine/app-templates.ts';
import type { EngineContext, ServiceFacts } from './engine/context.ts';
import { ringForFreedPlaces } from './engine/freed-places.ts';
import type { HealthKeeper } from './engine/health-keeper.ts';
import { hurryLooks } from './engine/hurry-looks.ts';
import { JobMessages } from './engine/job-messages.ts';
import { LeaseKeeper } from './engine/lease-keeper.ts';
import { LookBell } from './engine/look-bell.ts';
import { Pressure } from './engine/pressure.ts';
import { identifyHost, identifyProcess } from './engine/process-identity.ts';
import { Replica } from './engine/replica.ts';
import { type AdapterFactories, type TakeMessage, type Target, Targets } from './engine/targets.ts';
import { TransferSlots } from './engine/transfer-slots.ts';
import { startWorkers, type Workers } from './engine/workers.ts';
import { createTransition, type Deadlines, type Transition } from './events/transition.ts';
import type { StreamMeter } from './realtime/meter.ts';

/** What the engine is made of and around. */
export interface EngineParts {
  readonly config: Config;
  readonly pool: Pool;
  readonly db: Db;
  readonly log: Logger;
  readonly newId: NewId;
  readonly service: ServiceFacts;
  readonly messageKeys: MessageKeys;
  /** Names this process among the others. */
  readonly replica: string;
  readonly adapters: AdapterFactories;
  readonly health: HealthKeeper;
  /** Counts the open streams of this process. */
  readonly streamMeter: Pick<StreamMeter, 'count'>;
}

/** The engine of this process: running if it has the role `worker`, else only able to stop jobs. */
export interface Engine extends AsyncDisposable {
  readonly context: EngineContext;
  /** Makes this process known to the others, and takes away what dead ones on this host left. */
  signOn(): Promise<void>;
  start(): Promise<void>;
}

/** Milliseconds in which hints of one system are gathered into one bell: longer where each look is a remote command. */
const HINT_WINDOW_MS = { here: 50, remote: 250 };

/** Builds the engine. Nothing runs before `start`. */
export async function composeEngine(parts: EngineParts): Promise<Engine> {
  const { config, db, log, newId, replica } = parts;
  const leases = new LeaseKeeper({ db, replica, monotonicMs: () => performance.now() });
  const takeMessage: TakeMessage = (systemId, file) => messages.take(systemId, file);
  const targets = new Targets({
    db,
    factories: parts.adapters,
    onEnded: createBell(db, log),
    takeMessage,
  });
  const lookBell = new LookBell({ db, log });
  const context: EngineContext = {
    db,
    replica,
    newId,
    transition: createEngineTransition(parts, { targets, lookBell }),
    leases,
    targets,
    apps: new AppDefinitions(db),
    templates: new AppTemplates(),
    service: parts.service,
    messageKeys: parts.messageKeys,
    takeMessage,
    times: {
      monitorEveryMs: config.ARRAS_MONITOR_INTERVAL,
      stopGraceMs: config.ARRAS_STOP_GRACE,
      transferStalledMs: config.ARRAS_TRANSFER_STALLED,
      transferGiveUpMs: config.ARRAS_TRANSFER_GIVE_UP,
    },
    lookBell,
    health: parts.health,
    pressure: new Pressure(),
    slots: new TransferSlots({
      limit: config.ARRAS_TRANSFERS_PER_SYSTEM,
      // A lost bell only delays: a job that waits for a place looks again by itself.
      ring: (task) =>
        void queueTasks(db, [task]).catch((error: unknown) => log.warn({ ...task, err: error }, 'slot.bell')),
    }),
    archiveCheck: config.ARRAS_ARCHIVE_VERIFY,
    log,
    now: () => new Date(),
  };
  const messages = new JobMessages(context);
  return runEngine(parts, context, {
    host: await identifyHost(),
    process: await identifyProcess(process.pid),
  });
}

/** The transition with the bells that its moves ring. */
function createEngineTransition(
  { config, db, log, newId }: EngineParts,
  { targets, lookBell }: Pick<EngineContext, 'targets' | 'lookBell'>,
): Transition {
  const schedulerOf = ({ execution_system }: JobRow) =>
    targets.findDefinition(execution_system)?.scheduler ?? null;
  const transition = createTransition({ db, newId, deadlines: deadlinesOf(config, schedulerOf) });
  const ringing = ringForFreedPlaces(transition, {
    db,
    log,
    findDefinition: (systemId) => targets.findDefinition(systemId),
  });
  return hurryLooks(ringing, {
    db,
    log,
    bell: lookBell,
    everyMs: config.ARRAS_MONITOR_INTERVAL,
    monotonicMs: () => performance.now(),
  });
}

function runEngine(
  { config, pool, streamMeter }: EngineParts,
  context: EngineContext,
  identity: { readonly host: string; readonly process: string },
): Engine {
  const works = config.ARRAS_ROLES.has('worker');
  let workers: Workers | null = null;
  const replica = new Replica(context, () => ({
    ...identity,
    roles: [...config.ARRAS_ROLES].join(','),
    workerIds: workers?.ids() ?? [],
    streams: streamMeter.count(),
  }));
  return {
    context,
    signOn: () => replica.signOn(),
    start: async () => {
      if (works) {
        workers = await startWorkers(context, {
          pool,
          controlConcurrency: config.ARRAS_CONTROL_TASKS,
          submitConcurrency: config.ARRAS_SUBMIT_TASKS,
          dataConcurrency: config.ARRAS_DATA_TASKS,
          fileConcurrency: config.ARRAS_FILE_TASKS,
        });
      }
      await replica.start(works);
    },
    [Symbol.asyncDispose]: async () => {
      context.leases.abortAll(new Error('the service is stopping'));
      await workers?.[Symbol.asyncDispose]();
      context.lookBell[Symbol.dispose]();
      await replica[Symbol.asyncDispose]();
      await context.leases[Symbol.asyncDispose]();
      await context.targets[Symbol.asyncDispose]();
    },
  };
}

/** Rings for ended programs: at once, then at most once per system and window. */
function createBell(db: Db, log: Logger): (target: Target) => void {
  const waiting = new Set<string>();
  const rungAt = new Map<string, number>();
  return ({ systemId, executor }) => {
    if (waiting.has(systemId)) return;
    waiting.add(systemId);
    const sinceMs = performance.now() - (rungAt.get(systemId) ?? Number.NEGATIVE_INFINITY);
    setTimeout(
      () => {
        waiting.delete(systemId);
        rungAt.set(systemId, performance.now());
        queueTasks(db, [{ task: 'collect', subject: systemId }]).catch((error: unknown) =>
          // A lost bell is found by the monitor.
          log.warn({ systemId, err: error }, 'hint.lost'),
        );
      },
      Math.max(0, HINT_WINDOW_MS[executor.remote ? 'remote' : 'here'] - sinceMs),
    ).unref();
  };
}

function deadlinesOf(config: Config, schedulerOf: (job: JobRow) => string | null): Deadlines {
  const fixed: Readonly<Record<Exclude<DeadlineKind, 'run'>, number>> = {
    staging: config.ARRAS_STAGING_LIMIT,
    submission: config.ARRAS_SUBMISSION_LIMIT,
    archiving: config.ARRAS_ARCHIVING_LIMIT,
  };
  return (kind, job) => {
    if (kind !== 'run') return fixed[kind];
    const limitSeconds = job.max_run_time_seconds;
    return limitSeconds === null ? null : runLimitMs(limitSeconds, schedulerOf(job));
  };
}
