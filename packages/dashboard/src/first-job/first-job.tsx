import { useCall } from '../store/use-call.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import './first-job.css';

/** Nobody has made a job yet: how the first one comes, with a request to begin with. */
export function FirstJob({ title }: { readonly title: string }) {
  // Only those without jobs need its code.
  const { state } = useCall(async (signal) => (await import('./read-sample.ts')).readSample(signal), []);
  const sample = state.value;
  return (
    <EmptyState title={title} command="arras jobs submit -F job.json --watch">
      {sample !== null && (
        <details class="first-job-sample">
          <summary>
            A job.json to begin with, for <bdi>{sample.appId}</bdi>
          </summary>
          <CopyButton text={sample.text} label="job.json" isWide />
          <pre tabIndex={0} aria-label="job.json">
            {sample.text}
          </pre>
        </details>
      )}
      <p>
        <a href="/ui/submit">Fill in a form</a> instead, or{' '}
        <a href="/ui/help/guides/first-job">read how the first job is made</a>.
      </p>
    </EmptyState>
  );
}
