import { jobIdSchema } from '@arras/contract';
import type { TaskList } from 'graphile-worker';
import type { Pool } from 'pg';
import {
  CONTROL_TASKS,
  DATA_TASKS,
  FILE_TASKS,
  type JobTaskName,
  SUBMIT_TASKS,
  type SystemTaskName,
  type TaskName,
  taskKey,
} from '../domain/tasks.ts';
import { archive } from './archive.ts';
import { cancel } from './cancel.ts';
import { collect } from './collect.ts';
import type { EngineContext } from './context.ts';
import { expire } from './expire.ts';
import { ingest } from './ingest.ts';
import { type JobTask, runJobTask } from './job-task.ts';
import { monitor } from './monitor.ts';
import { stage } from './stage.ts';
import { submit } from './submit.ts';
import { TaskRunner } from './task-runner.ts';
import { tidy } from './tidy.ts';

const JOB_HANDLERS = { stage, submit, archive, cancel, expire, tidy } as const satisfies Record<
  JobTaskName,
  JobTask
>;

const SYSTEM_HANDLERS = { collect, monitor } as const satisfies Record<
  SystemTaskName,
  (context: EngineContext, systemId: string) => Promise<void>
>;

/** Milliseconds between two looks at the queue when no hint comes; the hint is the rule. */
const POLL_INTERVAL_MS = 2_000;

/**
 * Completions are written together: a task that is run again because its completion was lost with the process
 * finds nothing to do.
 */
const BATCHING = { worker: { completeJobBatchDelay: 5, failJobBatchDelay: 5 } } as const;

/** The running workers of this process. */
export interface Workers extends AsyncDisposable {
  /** Ids under which the queue knows them, for whoever must unlock their tasks when this process dies. */
  readonly ids: () => readonly string[];
}

/** Starts the workers that run the engine's tasks: some for decisions, some for starts, some for data of jobs, others for files. */
export async function startWorkers(
  context: EngineContext,
  options: {
    readonly pool: Pool;
    readonly controlConcurrency: number;
    readonly submitConcurrency: number;
    readonly dataConcurrency: number;
    readonly fileConcurrency: number;
  },
): Promise<Workers> {
  const start = (names: readonly TaskName[], concurrency: number): Promise<TaskRunner> =>
    TaskRunner.start(context, {
      pgPool: options.pool,
      taskList: taskList(context, names),
      concurrency,
      pollInterval: POLL_INTERVAL_MS,
      preset: BATCHING,
    });
  const runners = [
    await start(CONTROL_TASKS, options.controlConcurrency),
    await start(SUBMIT_TASKS, options.submitConcurrency),
    await start(DATA_TASKS, options.dataConcurrency),
    await start(FILE_TASKS, options.fileConcurrency),
  ];
  return {
    ids: () => runners.flatMap((runner) => runner.poolIds()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(runners.map((runner) => runner[Symbol.asyncDispose]()));
    },
  };
}

function taskList(context: EngineContext, names: readonly TaskName[]): TaskList {
  const running = new Map<string, { again: boolean }>();
  return Object.fromEntries(
    names.map((name) => [name, (payload: unknown) => runTask(context, name, subjectOf(payload), running)]),
  );
}

function subjectOf(payload: unknown): string {
  const { subject } = payload as { readonly subject: string };
  return subject;
}

async function runTask(
  context: EngineContext,
  name: TaskName,
  subject: string,
  running: Map<string, { again: boolean }>,
): Promise<void> {
  if (name === 'collect' || name === 'monitor') return runSystemTask(context, name, subject, running);
  if (name === 'ingest') return ingest(context, subject);
  if (name === 'stage' || name === 'submit') await context.pressure.calm();
  await runJobTask(context, JOB_HANDLERS[name], jobIdSchema.parse(subject));
}

/**
 * Runs a task of a system once at a time in this process; bells that ring meanwhile are answered together by one
 * more run. A system that cannot be asked keeps its jobs as they are; the sweep rings again.
 */
async function runSystemTask(
  context: EngineContext,
  name: SystemTaskName,
  systemId: string,
  running: Map<string, { again: boolean }>,
): Promise<void> {
  const key = taskKey(name, systemId);
  const current = running.get(key);
  if (current) {
    current.again = true;
    return;
  }
  const run = { again: true };
  running.set(key, run);
  try {
    while (run.again) {
      run.again = false;
      await SYSTEM_HANDLERS[name](context, systemId);
    }
  } catch (error) {
    context.log.warn({ task: name, systemId, err: error }, 'system-task.failed');
  } finally {
    running.delete(key);
  }
}
