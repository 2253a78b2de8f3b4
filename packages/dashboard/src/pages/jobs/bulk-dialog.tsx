import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { noteFailure } from '../../session/session.ts';
import { refreshJobs } from '../../store/jobs.ts';
import { Dialog } from '../../ui/dialog.tsx';
import {
  BULK_WORDS,
  type BulkAction,
  type BulkJob,
  type BulkOutcome,
  type BulkPlan,
  planBulk,
  readOutcome,
  renderProgress,
} from './bulk-plan.ts';
import { runBulk } from './run-bulk.ts';

/** What {@link BulkDialog} does. */
export interface BulkDialogProps {
  readonly action: BulkAction;
  readonly jobs: readonly BulkJob[];
  readonly viewer: string;
  readonly onClose: () => void;
  /** Something was done. */
  readonly onActed: () => void;
}

/** Shows what an action will do, does it, and says of each job what came of it. */
export function BulkDialog({ action, jobs, viewer, onClose, onActed }: BulkDialogProps) {
  // As it was when it was opened: what is confirmed is what was read.
  const plan = useMemo(() => planBulk(action, jobs, viewer), []);
  const outcomes = useSignal<readonly BulkOutcome[]>([]);
  const state = useSignal<'asking' | 'acting' | 'done'>('asking');
  const stop = useMemo(() => new AbortController(), []);
  useEffect(() => () => stop.abort(), []);
  const { label, effect } = BULK_WORDS[action];
  const ids = plan.willAct.map(({ id }) => id);
  const act = async () => {
    state.value = 'acting';
    await runBulk(ids, {
      act: (id) => actOn(action, id),
      tell: (outcome) => (outcomes.value = [...outcomes.value, outcome]),
      signal: stop.signal,
    });
    state.value = 'done';
    refreshJobs(ids);
    onActed();
  };
  return (
    <Dialog title={`${label} ${count(jobs.length)}`} onClose={onClose}>
      <div class="bulk-dialog">
        {state.value === 'asking' ? (
          <Preview plan={plan} effect={effect} />
        ) : (
          <Results plan={plan} outcomes={outcomes.value} isDone={state.value === 'done'} />
        )}
        <div class="bulk-dialog-buttons">
          {state.value === 'asking' && (
            <button
              type="button"
              class={action === 'resubmit' ? 'button button-primary' : 'button button-danger'}
              disabled={ids.length === 0}
              onClick={() => void act()}
            >
              {label} {count(ids.length)}
            </button>
          )}
          {state.value === 'acting' && (
            <button type="button" class="button" onClick={() => stop.abort()}>
              Do not begin any more
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            {state.value === 'asking' ? 'Cancel' : 'Close'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function count(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs.toLocaleString('en')} jobs`;
}

function Preview({ plan, effect }: { readonly plan: BulkPlan; readonly effect: string }) {
  return (
    <>
      <p>{effect}</p>
      <ul class="bulk-dialog-jobs" aria-label="Jobs that will be acted on">
        {plan.willAct.map(({ id, name, status }) => (
          <li key={id}>
            <bdi>{name}</bdi> <small>{status}</small>
          </li>
        ))}
      </ul>
      {plan.skipped.length > 0 && (
        <>
          <p>{count(plan.skipped.length)} will be left alone:</p>
          <ul class="bulk-dialog-jobs" aria-label="Jobs that will be left alone">
            {plan.skipped.map(({ job, reason }) => (
              <li key={job.id}>
                <bdi>{job.name}</bdi> <small>{reason}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface ResultsProps {
  readonly plan: BulkPlan;
  readonly outcomes: readonly BulkOutcome[];
  readonly isDone: boolean;
}

function Results({ plan, outcomes, isDone }: ResultsProps) {
  const names = new Map<string, string>(plan.willAct.map(({ id, name }) => [id, name] as const));
  return (
    <>
      <p role="status">
        {renderProgress(outcomes, plan.willAct.length)}
        {isDone ? '.' : ' …'}
      </p>
      <ul class="bulk-dialog-jobs" aria-label="What came of it">
        {outcomes.map(({ jobId, isDone, text, newJobId }) => (
          <li key={jobId} class={isDone ? undefined : 'bulk-dialog-refused'}>
            <span aria-hidden="true">{isDone ? '✓' : '✗'}</span> <bdi>{names.get(jobId)}</bdi>{' '}
            <small>{text}</small> {newJobId !== undefined && <a href={`/ui/jobs/${newJobId}`}>{newJobId}</a>}
          </li>
        ))}
      </ul>
    </>
  );
}

async function actOn(action: BulkAction, id: string): Promise<BulkOutcome> {
  const params = { id };
  try {
    switch (action) {
      case 'stop':
      case 'kill':
        return readOutcome(action, id, await call('actOnJob', { params, body: { action } }));
      case 'resubmit':
        return readOutcome(action, id, await call('resubmitJob', { params, body: {} }));
      case 'hide':
        return readOutcome(action, id, await call('hideJob', { params }));
    }
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    noteFailure(error);
    return { jobId: id, isDone: false, text: error.message };
  }
}
