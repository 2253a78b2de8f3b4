import type { JobView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiFailure } from '../../../api/api-failure.ts';
import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { fragment, query, setQuery } from '../../../routing/place.ts';
import { serviceUrl } from '../../../routing/service-path.ts';
import { noteFailure } from '../../../session/session.ts';
import { CopyMenu } from '../../../ui/copy-menu.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { hasEnded } from '../job-words.ts';
import type { LogFiles } from './log-file-names.ts';
import { findLogFiles } from './log-files.ts';
import { LogPane } from './log-pane.tsx';
import { type LogKind, parseLogPlace } from './log-place.ts';
import { waitingWords } from './waiting-words.ts';
import { useWrap } from './wrap.ts';
import './logs.css';

const TITLES = { out: 'Standard output', err: 'Standard error' } as const satisfies Record<LogKind, string>;

const CHOICES = [
  ['both', 'Both'],
  ['out', 'stdout'],
  ['err', 'stderr'],
] as const;

/** What the program of a job writes: its past first, then what comes. */
export function LogsTab({ job }: { readonly job: JobView }) {
  const { files, failure, retry } = useLogFiles(job);
  const isFull = useSignal(false);
  const wrap = useWrap();
  const toggleFull = () => (isFull.value = !isFull.value);
  useShortcuts({
    w: { label: 'Wrap the lines of logs', run: wrap.toggle },
    f: { label: 'Logs in full screen, and back', run: toggleFull },
    ...(isFull.value && { Escape: { label: 'Leave full screen', run: toggleFull } }),
  });
  const chosen = query.value.get('stream');
  const stream = chosen === 'out' || chosen === 'err' ? chosen : 'both';
  if (failure !== null) return <FailureBox failure={failure} onRetry={retry} />;
  if (files === null) return <Loading what="Looking for the logs" />;
  const kinds = kindsOf(stream, job, files);
  if (kinds.length === 0) return <NoLogs job={job} />;
  return (
    <div class={isFull.value ? 'logs logs-full' : 'logs'}>
      <div class="logs-bar">
        <div class="logs-streams" role="group" aria-label="Streams">
          {CHOICES.map(([choice, label]) => (
            <button
              key={choice}
              type="button"
              class="button"
              aria-pressed={stream === choice}
              onClick={() => setQuery({ stream: choice === 'both' ? null : choice })}
            >
              {label}
            </button>
          ))}
        </div>
        <button type="button" class="button" aria-pressed={wrap.isOn} onClick={wrap.toggle}>
          Wrap
        </button>
        <button type="button" class="button" aria-pressed={isFull.value} onClick={toggleFull}>
          {isFull.value ? 'Leave full screen' : 'Full screen'}
        </button>
        <CopyMenu {...commandsOf(job, stream)} />
      </div>
      {kinds.map((kind) => (
        <Pane
          key={kind}
          kind={kind}
          job={job}
          files={files}
          isOnly={stream !== 'both'}
          isWrapped={wrap.isOn}
        />
      ))}
    </div>
  );
}

interface PaneProps {
  readonly kind: LogKind;
  readonly job: JobView;
  readonly files: LogFiles;
  readonly isOnly: boolean;
  readonly isWrapped: boolean;
}

function Pane({ kind, job, files, isOnly, isWrapped }: PaneProps) {
  const file = files[kind];
  if (file === undefined) return null;
  const place = parseLogPlace(fragment.value);
  const isNamed = place !== null && (place.kind ?? (isOnly ? kind : 'out')) === kind;
  return (
    <LogPane
      title={TITLES[kind]}
      id={job.id}
      path={file.path}
      size={file.size}
      isOver={hasEnded(job.status)}
      kind={isOnly ? null : kind}
      openAt={kind === 'err' && hasFailed(job) ? 'error' : 'end'}
      fragment={isNamed ? fragment.value : ''}
      isWrapped={isWrapped}
    />
  );
}

/** The streams that are shown; of a failed job first the one that says why. */
function kindsOf(stream: LogKind | 'both', job: JobView, files: LogFiles): readonly LogKind[] {
  if (stream !== 'both') return files[stream] === undefined ? [] : [stream];
  const first: readonly LogKind[] = hasFailed(job) && files.err?.size !== 0 ? ['err', 'out'] : ['out', 'err'];
  return first.filter((kind) => files[kind] !== undefined);
}

function hasFailed({ status }: JobView): boolean {
  return status === 'FAILED';
}

function NoLogs({ job }: { readonly job: JobView }) {
  const command = `arras jobs logs -f ${job.id}`;
  if (hasEnded(job.status)) return <EmptyState title="The job has written nothing." command={command} />;
  return (
    <EmptyState title="Nothing has been written yet." command={command}>
      <p>{waitingWords(job.status)}</p>
    </EmptyState>
  );
}

/** Between two looks for files that the program may make at any time, in milliseconds. */
const LOOK_MS = 2_000;

function useLogFiles(job: JobView) {
  const files = useSignal<LogFiles | null>(null);
  const failure = useSignal<ApiFailure | null>(null);
  const look = useSignal(0);
  const isComplete = files.value?.out !== undefined && files.value.err !== undefined;
  useEffect(() => {
    if (isComplete) return;
    const closed = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const find = async () => {
      try {
        files.value = await findLogFiles(job.id, closed.signal);
        failure.value = null;
        if (job.status === 'RUNNING') timer = setTimeout(() => (look.value += 1), LOOK_MS);
      } catch (error) {
        if (!(error instanceof ApiFailure)) return;
        noteFailure(error);
        // What was found stays; a later look may find the rest.
        if (files.value === null) failure.value = error;
      }
    };
    void find();
    return () => {
      closed.abort();
      clearTimeout(timer);
    };
  }, [job.id, job.status, look.value, isComplete]);
  return { files: files.value, failure: failure.value, retry: () => (look.value += 1) };
}

function commandsOf({ id }: JobView, stream: LogKind | 'both') {
  const option = { out: ' --stdout', err: ' --stderr', both: '' }[stream];
  const name = stream === 'err' ? 'err' : 'out';
  return {
    cli: `arras jobs logs -f${option} ${id}`,
    curl: `curl -H "Authorization: Bearer $TOKEN" '${serviceUrl()}/jobs/v2/${id}/outputs/listings'`,
    typescript: `const entries = await client.jobs.outputs.list('${id}');
const log = entries.find(({ name }) => name.endsWith('${id}.${name}'));
if (log !== undefined) {
  const { stream } = await client.jobs.outputs.follow('${id}', log.path);
  for await (const bytes of stream) process.stdout.write(bytes);
}`,
  };
}
