import { type JobView, jobPage } from '@arras/contract';
import { cleanLines, cleanText } from '../clean-text.ts';
import { LogFiles, type LogKind } from '../logs/log-files.ts';
import { LogTail } from '../logs/log-tail.ts';
import { explainFailure, renderComplaint } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import type { KeyEffect } from './keys.ts';

/** What a key does to a job, as the command of that name does it. */
export type JobEffect = Exclude<KeyEffect, 'detach' | 'next' | 'previous'>;

/** What is said while a key does its work. */
export const UNDER_WAY = {
  logs: 'reading its output',
  history: 'reading its history',
  outputs: 'reading its files',
  page: 'opening its page',
  stop: 'asking for the end',
  kill: 'asking for the end',
  resubmit: 'submitting it again',
} as const satisfies Record<JobEffect, string>;

const LABELS = { out: 'stdout', err: 'stderr' } as const satisfies Record<LogKind, string>;

/** What is shown of each stream at first; less than a screen, so that both can be read. */
const LOG_LINES = 20;

/** A command as it was called, whatever its options are. */
export type Call = Omit<Invocation<unknown>, 'options'>;

/** Runs commands about watched jobs and gives what they print, line by line, for a place above the watch. */
export class JobPanels {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** What the command prints, or why it cannot. Never rejects. */
  async show(effect: JobEffect, job: JobView): Promise<readonly string[]> {
    let text = '';
    const take = (more: string) => void (text += more);
    const session: Session = { ...this.#call.session, out: take, say: take, warn: take };
    try {
      await this.#run(effect, job, session);
    } catch (error) {
      text += renderComplaint(explainFailure(error, session.program));
    }
    const title = `${effect} of ${cleanText(job.name)}`;
    const lines = text.split('\n').slice(0, -1);
    return hasTitle(effect) ? [paint(session.terminal, 'bold', title), ...lines] : lines;
  }

  async #run(effect: JobEffect, job: JobView, session: Session): Promise<unknown> {
    const call = { ...this.#call, session, options: {} };
    // Loaded when a key asks for them: a watch without keys needs none of this.
    if (effect === 'logs') return this.#showLogs(job, session);
    if (effect === 'history') return (await import('../commands/history.ts')).showHistory(call, job.id);
    if (effect === 'outputs') return (await import('../commands/outputs.ts')).listOutputs(call, job.id, []);
    if (effect === 'page') return (await import('../open-page.ts')).openPage(session, jobPage(job));
    const actions = await import('../commands/job-actions.ts');
    if (effect !== 'resubmit') return actions.endJobs(call, [job.id], effect);
    return actions.resubmitJobs({ ...call, options: { notifications: true } }, [job.id]);
  }

  /** The last lines of both streams. */
  async #showLogs({ id }: JobView, session: Session): Promise<void> {
    const files = new LogFiles(this.#call.client(), id);
    let isEmpty = true;
    for (const kind of ['out', 'err'] as const) {
      const text = await readLastLines(files, kind);
      if (text === '') continue;
      isEmpty = false;
      session.say(`==> ${LABELS[kind]} <==\n`);
      session.out(cleanLines(text.replace(/\n?$/, '\n')));
    }
    if (isEmpty) session.say('It has written nothing yet.\n');
  }
}

/** What other commands say by themselves needs no title. */
function hasTitle(effect: JobEffect): boolean {
  return effect === 'logs' || effect === 'history' || effect === 'outputs';
}

async function readLastLines(files: LogFiles, kind: LogKind): Promise<string> {
  const { signal } = new AbortController(); // Nothing ends the reading of a few lines.
  const decoder = new TextDecoder();
  let text = '';
  const print = async (_kind: LogKind, bytes: Uint8Array) =>
    void (text += decoder.decode(bytes, { stream: true }));
  await new LogTail(files, kind, { lines: LOG_LINES, signal }).advance({ print });
  return text + decoder.decode();
}
