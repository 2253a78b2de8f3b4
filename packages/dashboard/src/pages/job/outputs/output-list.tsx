import type { JobView, OutputEntry } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { addressOf } from '../../../api/call.ts';
import { serviceUrl } from '../../../routing/service-path.ts';
import { copyText } from '../../../ui/copy-text.ts';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { formatSize } from '../../../ui/quantities.ts';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { say } from '../../../ui/toasts.tsx';
import { outputTexts } from './copy-texts.ts';
import { type DirectoryState, useDirectory } from './use-directory.ts';

/** What a list of outputs and everything in it needs. */
export interface OutputListProps {
  readonly job: JobView;
  /** The file that is shown; '' for none. */
  readonly chosen: string;
  readonly onChoose: (path: string) => void;
}

/** What a directory holds. */
export function OutputList(props: OutputListProps & { readonly directory: DirectoryState }) {
  const { directory, ...rest } = props;
  const { state, refresh, more } = directory;
  if (state.kind === 'loading') return <Loading what="Listing" />;
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {state.value !== null && (
        <ul class="output-list">
          {state.value.entries.map((entry) => (
            <OutputItem key={entry.path} entry={entry} {...rest} />
          ))}
          {state.value.entries.length === 0 && <li class="output-nothing">This directory is empty.</li>}
          {state.value.hasMore && (
            <li>
              <button type="button" class="button" onClick={more}>
                Show more
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function OutputItem({ entry, ...rest }: OutputListProps & { readonly entry: OutputEntry }) {
  const isOpen = useSignal(false);
  const { job, chosen, onChoose } = rest;
  const path = entry.path.slice(1);
  const isDirectory = entry.type === 'dir';
  const isChosen = chosen === path;
  return (
    <li>
      <div class={isChosen ? 'output-row output-row-chosen' : 'output-row'}>
        <button
          type="button"
          class="output-name"
          aria-expanded={isDirectory ? isOpen.value : undefined}
          aria-pressed={isDirectory ? undefined : isChosen}
          onClick={() => (isDirectory ? (isOpen.value = !isOpen.value) : onChoose(path))}
        >
          <span class="output-symbol" aria-hidden="true">
            {isDirectory ? (isOpen.value ? '▾' : '▸') : ''}
          </span>
          <bdi>{isDirectory ? `${entry.name}/` : entry.name}</bdi>
        </button>
        <span class="output-size">{isDirectory || entry.length < 0 ? '' : formatSize(entry.length)}</span>
        <span class="output-time">
          <RelativeTime at={entry.lastModified} />
        </span>
        <OutputMenu job={job} entry={entry} />
      </div>
      {isOpen.value && <Subdirectory path={path} {...rest} />}
    </li>
  );
}

function Subdirectory({ path, ...rest }: OutputListProps & { readonly path: string }) {
  return <OutputList directory={useDirectory(rest.job, path)} {...rest} />;
}

/** What can be done with a file or a directory. */
export function OutputMenu({ job, entry }: { readonly job: JobView; readonly entry: OutputEntry }) {
  const { path, address, uri, curl, cli } = outputTexts(job, entry, serviceUrl());
  const item = (label: string, text: string) => ({
    label,
    hint: text,
    onSelect: async () => say((await copyText(text)) ? 'Copied.' : 'The browser did not let us copy.'),
  });
  const isDirectory = entry.type === 'dir';
  const query = isDirectory ? { zip: true } : { force: true };
  const target = addressOf('downloadJobOutput', { params: { id: job.id, path }, query });
  return (
    <span class="output-actions">
      <a class="button" href={target} download aria-label={`${isDirectory ? 'Zip' : 'Get'} ${entry.name}`}>
        {isDirectory ? 'Zip' : 'Get'}
      </a>
      <Menu
        label="Copy"
        title={`Copy what names ${entry.name}`}
        items={[
          item('Copy path', path),
          item('Copy address', address),
          ...(uri === null ? [] : [item('Copy URI, as an input of another job', uri)]),
          item('Copy as curl', curl),
          item('Copy as CLI', cli),
        ]}
      />
    </span>
  );
}
