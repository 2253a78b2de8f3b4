import type { JobView } from '@arras/contract';
import { useCall } from '../../../store/use-call.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { readErrorTail } from './error-tail.ts';
import './error-card.css';

/** What went wrong, what the program said last, and what to do: the first thing on the page of a job that failed. */
export function ErrorCard({ job }: { readonly job: JobView }) {
  const { endCause, message, lastStatusMessage } = job;
  const said = message ?? lastStatusMessage;
  return (
    <section class="error-card" aria-labelledby="error-card-title">
      <h2 id="error-card-title">
        <span aria-hidden="true">✗</span> {endCause?.sentence ?? said ?? 'The job failed.'}
      </h2>
      {endCause?.action && <p class="error-card-action">{endCause.action}</p>}
      {endCause !== null && said !== null && said !== endCause.sentence && (
        <p class="error-card-said">
          <bdi>{said}</bdi>
        </p>
      )}
      {endCause !== null && (
        <p class="error-card-code">
          <code>{endCause.code}</code>
        </p>
      )}
      <LastLines id={job.id} />
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
      <pre tabIndex={0} aria-label="Last lines of the standard error">
        {lines.map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no other name, and are read once
          <bdi key={index}>{`${line}\n`}</bdi>
        ))}
      </pre>
    </figure>
  );
}

function NextCommand({ command }: { readonly command: string }) {
  return (
    <p class="error-card-next">
      Next: <code>{command}</code> <CopyButton text={command} label="command" />
    </p>
  );
}
