import type { JobView } from '@arras/contract';
import { addressOf } from '../../../api/call.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import './json-tab.css';

/** The job as the API gives it. */
export function JsonTab({ job }: { readonly job: JobView }) {
  const text = JSON.stringify(job, null, 2);
  const address = addressOf('showJob', { params: { id: job.id } });
  return (
    <div class="json-tab">
      <p class="json-tab-head">
        <code>GET {address}</code> <CopyButton text={text} label="JSON" isWide />
      </p>
      <pre tabIndex={0} aria-label="The job as JSON">
        {text}
      </pre>
    </div>
  );
}
