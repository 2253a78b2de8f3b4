import { type JobView, jobPage, requestOfJob, STATUS_LOOKS } from '@arras/contract';
import { renderJson } from '../clean-text.ts';
import { readErrorTail } from '../error-tail.ts';
import { renderExplanation } from '../job-explanation.ts';
import { resolveJobId } from '../job-id.ts';
import { renderNextSteps } from '../next-steps.ts';
import { openPage } from '../open-page.ts';
import { isForPeople, type OutputOptions, printPairs, printResult } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { paint, statusText } from '../terminal.ts';
import { renderProgressLines } from '../watch/job-lines.ts';

/** Of a job that failed so many lines of its standard error are shown. */
const TAIL_LINES = 20;

/** Options of one job. */
export interface ShowOptions extends OutputOptions {
  readonly jobTemplate?: boolean;
  readonly web?: boolean;
}

/** Shows one job: what it is, where it is, its phases, why it failed, and what can be done next. */
export async function showJob(
  { session, client, lookup, options }: Invocation<ShowOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  const job = await api.jobs.show(id);
  if (options.web === true) return openPage(session, jobPage(job));
  if (options.jobTemplate === true) {
    const template = requestOfJob(job, await api.apps.show(job.appId));
    return printResult(session, options, {
      result: template,
      human: () => `${renderJson(template)}
`,
    });
  }
  await printPairs(session, options, { result: job, pairs: jobPairs(job, session) });
  if (!isForPeople(options)) return;
  const history = await api.jobs.history(id, { limit: 250 });
  const place = { terminal: session.terminal, width: session.width(), nowMs: Date.now() };
  const lines = [...renderProgressLines({ job, history }, place), ...renderExplanation(job, place)];
  session.out(`\n${lines.join('\n')}\n`);
  if (STATUS_LOOKS[job.status].class === 'fail') {
    const tail = await readErrorTail(api, id, TAIL_LINES);
    const title = paint(session.terminal, 'bold', 'the end of its standard error');
    if (tail !== null) session.out(`\n${title}\n${tail}`);
  }
  session.say(`\n${renderNextSteps(session.program, job)}`);
}

function jobPairs(job: JobView, { terminal, ago }: Session): [string, unknown][] {
  const when = (time: string | null) => (time === null ? null : ago(time));
  return [
    ['id', job.id],
    ['status', statusText(terminal, job)],
    ['message', job.message ?? job.lastStatusMessage],
    ['name', job.name],
    ['owner', job.owner],
    ['app', job.appId],
    ['system', job.executionSystem],
    ['queue', job.batchQueue],
    [
      'size',
      `${job.nodeCount} node(s), ${job.processorsPerNode} processor(s)${job.memoryPerNode < 0 ? '' : ` and ${job.memoryPerNode} GB`} on each`,
    ],
    ['time limit', job.maxRunTime],
    [`${job.schedulerType.toLowerCase()} id`, job.localId],
    ['inputs', Object.keys(job.inputs).length === 0 ? null : job.inputs],
    ['parameters', Object.keys(job.parameters).length === 0 ? null : job.parameters],
    ['work directory', job.outputPath],
    ['archive', job.archive ? `${job.archiveSystem ?? ''}:${job.archivePath ?? ''}` : 'no'],
    ['created', when(job.created)],
    ['started', when(job.startTime)],
    ['ended', when(job.endTime)],
  ];
}

/** Shows the status only: the smallest answer. */
export async function showStatus(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const status = await client().jobs.status(await resolveJobId(lookup(), typed));
  await printResult(session, options, { result: status, human: () => `${status.status}\n` });
}
