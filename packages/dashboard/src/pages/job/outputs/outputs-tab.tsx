import type { JobView } from '@arras/contract';
import { addressOf } from '../../../api/call.ts';
import { navigate, query } from '../../../routing/place.ts';
import { serviceUrl } from '../../../routing/service-path.ts';
import { CopyMenu } from '../../../ui/copy-menu.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { hasEnded } from '../job-words.ts';
import { waitingWords } from '../logs/waiting-words.ts';
import { OutputList } from './output-list.tsx';
import { Preview } from './preview.tsx';
import { useDirectory } from './use-directory.ts';
import './outputs.css';

/** The files of a job, also while it runs, and the one that was chosen. */
export function OutputsTab({ job }: { readonly job: JobView }) {
  const { id } = job;
  const directory = useDirectory(job, '');
  const chosen = query.value.get('file') ?? '';
  if (directory.state.value?.entries.length === 0) return <NoOutputs job={job} />;
  return (
    <div class="outputs">
      <div class="outputs-bar">
        <a
          class="button"
          href={addressOf('downloadJobOutput', { params: { id }, query: { zip: true } })}
          download
        >
          Download all as zip
        </a>
        <CopyMenu
          cli={`arras jobs outputs list --recursive ${id}`}
          curl={`curl --header "Authorization: Bearer $TOKEN" '${serviceUrl()}/jobs/v2/${id}/outputs/listings'`}
          typescript={`const files = await client.jobs.outputs.list('${id}', '', { recursive: true });`}
        />
      </div>
      <OutputList job={job} directory={directory} chosen={chosen} onChoose={showFile} />
      {chosen !== '' && <Preview key={chosen} job={job} path={chosen} onClose={() => showFile('')} />}
    </div>
  );
}

/** The address is the view; lines of the file before mean nothing in another. */
function showFile(path: string): void {
  const next = new URL(location.href);
  next.hash = '';
  if (path === '') next.searchParams.delete('file');
  else next.searchParams.set('file', path);
  navigate(next.href);
}

function NoOutputs({ job }: { readonly job: JobView }) {
  if (hasEnded(job.status)) return <EmptyState title="The job has no output." />;
  return (
    <EmptyState title="There is no output yet." command={`arras jobs watch ${job.id}`}>
      <p>{waitingWords(job.status)}</p>
    </EmptyState>
  );
}
