import type { JobView, OutputEntry } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { addressOf, call, download } from '../../../api/call.ts';
import { fragment } from '../../../routing/place.ts';
import { useCall } from '../../../store/use-call.ts';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { formatSize } from '../../../ui/quantities.ts';
import { hasEnded } from '../job-words.ts';
import { LogPane } from '../logs/log-pane.tsx';
import { outputSource } from '../logs/log-source.ts';
import { useWrap } from '../logs/wrap.ts';
import { JsonPreview } from './json-preview.tsx';
import { OutputMenu } from './output-list.tsx';
import { looksLikeText, PREVIEW_BYTES, previewKindOf } from './preview-kind.ts';
import { TablePreview } from './table-preview.tsx';

/** What {@link Preview} shows. */
export interface PreviewProps {
  readonly job: JobView;
  /** Of the file in the job's directory. */
  readonly path: string;
  readonly onClose: () => void;
}

/** One file of a job's output, as far as it can be shown. Nothing in it is ever run, nor opened as a page. */
export function Preview({ job, path, onClose }: PreviewProps) {
  const { state, refresh } = useCall(
    async (signal) => (await call('listJobOutputs', { params: { id: job.id, path }, signal }))[0] ?? null,
    [job.id, path],
  );
  const entry = state.value;
  const box = useRef<HTMLElement>(null);
  // The list above may be long.
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [state.kind]);
  return (
    <section class="preview" ref={box} aria-label={`Preview of ${path}`}>
      <header class="preview-head">
        <h2>
          <bdi>{path}</bdi>
        </h2>
        {entry !== null && <span>{formatSize(Math.max(0, entry.length))}</span>}
        {entry !== null && <OutputMenu job={job} entry={entry} />}
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </header>
      {state.kind === 'loading' && <Loading />}
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {entry !== null && <Content job={job} path={path} entry={entry} />}
    </section>
  );
}

interface ContentProps {
  readonly job: JobView;
  readonly path: string;
  readonly entry: OutputEntry;
}

function Content(props: ContentProps) {
  const { job, path, entry } = props;
  const kind = previewKindOf(entry);
  switch (kind) {
    case 'text':
      return <Text {...props} />;
    case 'table':
    case 'json':
      return <Whole kind={kind} {...props} />;
    case 'image':
      return (
        <Picture address={addressOf('downloadJobOutput', { params: { id: job.id, path } })} name={path} />
      );
    case 'unknown':
      return <Unknown {...props} />;
    case 'none':
      return <NoPreview />;
  }
}

/** Of any size, in windows. */
function Text({ job, path, entry }: ContentProps) {
  const wrap = useWrap();
  return (
    <>
      <button type="button" class="button" aria-pressed={wrap.isOn} onClick={wrap.toggle}>
        Wrap
      </button>
      <LogPane
        title={entry.name}
        id={job.id}
        path={path}
        size={Math.max(0, entry.length)}
        isOver={hasEnded(job.status)}
        kind={null}
        openAt="beginning"
        fragment={fragment.value}
        isWrapped={wrap.isOn}
      />
    </>
  );
}

/** Read as a whole, as far as that is not too much; or as the text that it is. */
function Whole(props: ContentProps & { readonly kind: 'table' | 'json' }) {
  const { job, path, entry, kind } = props;
  const isText = useSignal(false);
  const { state, refresh } = useCall(
    async (signal) => {
      if (entry.length === 0) return '';
      const headers = { range: `bytes=0-${PREVIEW_BYTES - 1}` };
      return (await download('downloadJobOutput', { params: { id: job.id, path }, headers, signal })).text();
    },
    [job.id, path, entry.length],
  );
  if (state.failure !== null) return <FailureBox failure={state.failure} onRetry={refresh} />;
  if (state.value === null) return <Loading />;
  const toggle = (
    <button type="button" class="button" onClick={() => (isText.value = !isText.value)}>
      {isText.value ? `As ${kind === 'json' ? 'JSON' : 'a table'}` : 'As text'}
    </button>
  );
  if (isText.value)
    return (
      <>
        {toggle} <Text {...props} />
      </>
    );
  return (
    <>
      {toggle}
      {kind === 'json' ? (
        <JsonPreview text={state.value} />
      ) : (
        <TablePreview
          text={state.value}
          mimeType={entry.mimeType}
          isPart={entry.length > PREVIEW_BYTES}
          name={entry.name}
        />
      )}
    </>
  );
}

/** In an image element nothing of a picture can run or load anything. */
function Picture({ address, name }: { readonly address: string; readonly name: string }) {
  const isBroken = useSignal(false);
  if (isBroken.value) return <p>The browser cannot show this picture. It can be downloaded.</p>;
  return <img class="preview-image" src={address} alt={name} onError={() => (isBroken.value = true)} />;
}

/** How much tells what a file is. */
const HEAD_BYTES = 8_192;

function Unknown(props: ContentProps) {
  const { job, path } = props;
  const { state } = useCall(
    async (signal) => (await outputSource(job.id, path).read(0, HEAD_BYTES, signal)).bytes,
    [job.id, path],
  );
  if (state.failure !== null) return <FailureBox failure={state.failure} />;
  if (state.value === null) return <Loading />;
  return looksLikeText(state.value) ? <Text {...props} /> : <NoPreview />;
}

function NoPreview() {
  return <p>Files of this kind cannot be shown here. They can be downloaded.</p>;
}
