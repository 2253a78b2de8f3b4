import type { SystemCheck } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { noteFailure } from '../../session/session.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** What {@link CheckPanel} checks. */
export interface CheckPanelProps {
  readonly id: string;
  /** What is known of the system may be another thing now. */
  readonly onChecked: () => void;
}

type Outcome =
  | { readonly kind: 'none' | 'checking' }
  | { readonly kind: 'done'; readonly steps: readonly SystemCheck[]; readonly at: string }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };

/** Enters the system as jobs would, and shows each step with its time, and of a failed one what to do. */
export function CheckPanel({ id, onChecked }: CheckPanelProps) {
  const outcome = useSignal<Outcome>({ kind: 'none' });
  const check = async () => {
    outcome.value = { kind: 'checking' };
    try {
      const steps = await call('checkSystem', { params: { id } });
      outcome.value = { kind: 'done', steps, at: new Date(serverNowMs()).toISOString() };
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      noteFailure(error);
      outcome.value = { kind: 'failed', failure: error };
    }
    onChecked();
  };
  const shown = outcome.value;
  const command = `arras systems check ${id}`;
  return (
    <section aria-labelledby="system-check">
      <h2 id="system-check">Check, step by step</h2>
      <p class="system-check-head">
        <button
          type="button"
          class="button button-primary"
          disabled={shown.kind === 'checking'}
          onClick={() => void check()}
        >
          {shown.kind === 'checking' ? 'Checking …' : 'Check now'}
        </button>
        <span>
          <code>{command}</code> <CopyButton text={command} label="command" />
        </span>
      </p>
      <div role="status">
        {shown.kind === 'failed' && <FailureBox failure={shown.failure} onRetry={() => void check()} />}
        {shown.kind === 'done' && <Steps steps={shown.steps} at={shown.at} />}
      </div>
    </section>
  );
}

const LOOKS = {
  ok: { symbol: '✓', word: 'ok' },
  failed: { symbol: '✗', word: 'failed' },
  skipped: { symbol: '–', word: 'skipped' },
} as const satisfies Record<SystemCheck['result'], { symbol: string; word: string }>;

function Steps({ steps, at }: { readonly steps: readonly SystemCheck[]; readonly at: string }) {
  const failed = steps.filter(({ result }) => result === 'failed').length;
  return (
    <>
      <p>
        {failed === 0
          ? 'Every step that is needed here went well'
          : `${failed} of ${steps.length} steps failed`}
        , <RelativeTime at={at} />.
      </p>
      <ol class="system-steps">
        {steps.map(({ step, result, milliseconds, message, fix }) => (
          <li key={step} class={`system-step system-step-${result}`}>
            <span class="system-step-result">
              <span aria-hidden="true">{LOOKS[result].symbol}</span> {LOOKS[result].word}
            </span>
            <strong>{step}</strong>
            <span class="system-step-time">
              {result === 'skipped' ? '' : `${Math.round(milliseconds)} ms`}
            </span>
            <span class="system-step-message">{message}</span>
            {fix !== undefined && <p class="system-step-fix">What to do: {fix}</p>}
          </li>
        ))}
      </ol>
    </>
  );
}
