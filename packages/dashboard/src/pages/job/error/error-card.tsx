import type { JobView } from '@arras/contract';
import { useCall } from '../../../store/use-call.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { readErrorTail } from './error-tail.ts';
import { saysMore } from './says-more.ts';
import './error-card.css';

/** What {@link ErrorCard} shows. */
export interface ErrorCardProps {
  readonly job: JobView;
  /** The logs themselves are on the page. */
  readonly hasLogs: boolean;
}

/** What went wrong, what the program said last, and what to do: the first thing on the page of a job that failed. */
export function ErrorCard({ job, hasLogs }: ErrorCardProps) {
  const { endCause, message, lastStatusMessage } = job;
  const said = message ?? lastStatusMessage;
  return (
    <section class="error-card" aria-labelledby="error-card-title">
      <h2 id="error-card-title">
        <span aria-hidden="true">✗</span> {endCause?.sentence ?? said ?? 'The job failed.'}
      </h2>
      {endCause !== null && (
        <p class="error-card-action">
          {endCause.action} <code>{endCause.code}</code>
        </p>
      )}
      {endCause !== null && said !== null && saysMore(said, endCause.sentence) && (
        <p class="error-card-said">
          <bdi>{said}</bdi>
        </p>
      )}
      {!hasLogs && <LastLines id={job.id} />}
      <NextCommand command={`arras jobs logs --stderr ${job.id}`} />
    </section>
  );
}

function LastLines({ id }: { readonly id: string }) {
  const { state } = useCall((signal) => readErrorTail(id, signal), [id]);
  if (state.kind === 'loading') return <p class="error-card-quiet">Reading the standard error …</p>;
  if (state.kind === 'failed' && state.value === null)
    return (
      <p class="error-card-quiet">The standard error could not be read: {state.failure.facts.message}</p>
    );
  const { lines, path } = state.value ?? { lines: [], path: null };
  if (lines.length === 0)
    return <p class="error-card-quiet">The program wrote nothing to its standard error.</p>;
  return (
    <figure class="error-card-lines">
      <figcaption>
        Last lines of <bdi>{path}</bdi> · <a href="?tab=logs">all logs</a>
      </figcaption>
      <pre tabIndex={0} aria-label="Last lines of the standard error" ref={showEnd}>
        {lines.map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no other name, and are read once
          <bdi key={index}>{`${line}\n`}</bdi>
        ))}
      </pre>
    </figure>
  );
}

/** Why it failed stands at the end. */
function showEnd(lines: HTMLElement | null): void {
  if (lines !== null) lines.scrollTop = lines.scrollHeight;
}

function NextCommand({ command }: { readonly command: string }) {
  return (
    <p class="error-card-next">
      Next: <code>{command}</code> <CopyButton text={command} label="command" />
    </p>
  );
}
