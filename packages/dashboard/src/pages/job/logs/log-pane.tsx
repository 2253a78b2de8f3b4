import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { addressOf } from '../../../api/call.ts';
import { navigate } from '../../../routing/place.ts';
import { noteFailure } from '../../../session/session.ts';
import { announce } from '../../../ui/announcer.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { copyText } from '../../../ui/copy-text.ts';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { say } from '../../../ui/toasts.tsx';
import { isErrorLine } from './error-lines.ts';
import type { LogLine } from './log-line.ts';
import { type LogKind, parseLogPlace, renderLogPlace } from './log-place.ts';
import { LogRows } from './log-rows.tsx';
import { LogSearch } from './log-search.ts';
import { outputSource } from './log-source.ts';
import { plainText } from './log-spans.ts';
import { LogToolbar } from './log-toolbar.tsx';
import { asFailure, LogView } from './log-view.ts';
import { pageHost } from './page-host.ts';
import { pointOf, readLines, showPlace } from './show-place.ts';
import { WholeLine } from './whole-line.tsx';
import './logs.css';

/** What {@link LogPane} shows. */
export interface LogPaneProps {
  readonly title: string;
  readonly id: string;
  /** Of the file in the job's directory. */
  readonly path: string;
  /** Bytes of the file when it was found. */
  readonly size: number;
  /** True once nothing more is written to it. */
  readonly isOver: boolean;
  /** In the links of lines, where several logs are shown. */
  readonly kind: LogKind | null;
  /** `error`: at the first line that says what went wrong, among the last. */
  readonly openAt: 'end' | 'error' | 'beginning';
  /** Of the address; one that names lines of this log is shown. */
  readonly fragment: string;
  readonly isWrapped: boolean;
}

/** One file of text, however large, that may still grow. */
export function LogPane(props: LogPaneProps) {
  const { title, id, path, kind, isWrapped } = props;
  const { view, search } = useLogView(props);
  const whole = useSignal<LogLine | null>(null);
  const failure = view.failure.value;
  useEffect(() => {
    if (failure !== null) noteFailure(failure);
  }, [failure]);
  const fail = (error: unknown) => (view.failure.value = asFailure(error));
  const choose = (line: LogLine, isRange: boolean) => {
    const before = view.chosen.peek();
    const from = isRange && before !== null ? Math.min(before.from, line.start) : line.start;
    const to = isRange && before !== null ? Math.max(before.to, line.start) : line.start;
    view.chosen.value = { from, to };
    navigate(placeOf(view, kind), { replace: true });
  };
  const size = view.size.value;
  const open = view.isOpen.value;
  return (
    <div class={size === 0 ? 'log-pane log-pane-empty' : 'log-pane'}>
      <LogToolbar
        view={view}
        search={search}
        title={title}
        href={addressOf('downloadJobOutput', { params: { id, path }, query: { force: true } })}
        onFailure={fail}
      />
      {failure !== null && <FailureBox failure={failure} onRetry={() => void reopen(view)} />}
      {!open && failure === null && <Loading what="Reading the log" />}
      {open && size === 0 && (
        <p class="log-nothing">Nothing has been written here{props.isOver ? '' : ' yet'}.</p>
      )}
      {open && size > 0 && (
        <div class="log-body">
          <LogRows
            view={view}
            search={search}
            label={title}
            kind={kind}
            isWrapped={isWrapped}
            onChoose={choose}
            onShowWhole={(line) => (whole.value = line)}
          />
          <Position view={view} title={title} onFailure={fail} />
          <NewLines view={view} onFailure={fail} />
        </div>
      )}
      <Chosen view={view} kind={kind} onFailure={fail} />
      {whole.value !== null && (
        <WholeLine view={view} line={whole.value} fileName={path} onClose={() => (whole.value = null)} />
      )}
    </div>
  );
}

function useLogView({ id, path, size, isOver, openAt, fragment, kind }: LogPaneProps) {
  const over = useRef(isOver);
  over.current = isOver;
  const { view, search } = useMemo(() => {
    const host = isOver ? null : pageHost(() => over.current);
    const view = new LogView({ source: outputSource(id, path), size, host });
    return { view, search: new LogSearch(view) };
  }, [id, path]);
  useEffect(() => {
    void open(view, openAt, fragment);
    return () => view.close();
  }, [view]);
  useEffect(() => {
    const place = parseLogPlace(fragment);
    // The one that the choice of a line has made needs no going there.
    if (place === null || !view.isOpen.peek() || fragment === placeOf(view, kind)) return;
    showPlace(view, place).catch((error: unknown) => (view.failure.value = asFailure(error)));
  }, [view, fragment]);
  useEffect(() => search.look(), [search, view.version.value]);
  return { view, search };
}

async function open(view: LogView, openAt: LogPaneProps['openAt'], fragment: string): Promise<void> {
  const place = parseLogPlace(fragment);
  try {
    if (place !== null) await showPlace(view, place);
    else if (openAt === 'beginning') await view.toBeginning();
    else await view.toEnd();
    if (place === null && openAt === 'error') await toFirstError(view);
    await view.follow();
  } catch (error) {
    if (!view.signal.aborted) view.failure.value = asFailure(error);
  }
}

async function reopen(view: LogView): Promise<void> {
  view.failure.value = null;
  await view.toEnd();
  if (view.failure.peek() === null) await view.follow();
}

async function toFirstError(view: LogView): Promise<void> {
  for (let index = 0; index < view.window.count; index++) {
    const line = view.window.at(index);
    if (line === undefined || !isErrorLine(plainText(line.text))) continue;
    view.chosen.value = { from: line.start, to: line.start };
    return view.toPosition(line.start);
  }
}

/** The fragment of the lines that are chosen; `''` for none. */
function placeOf(view: LogView, kind: LogKind | null): string {
  const chosen = view.chosen.peek();
  if (chosen === null) return '';
  const point = (position: number) => {
    const index = view.window.indexOf(position);
    const isLoaded = view.window.at(index)?.start === position;
    return isLoaded ? pointOf(view, index) : ({ by: 'byte', at: position } as const);
  };
  return renderLogPlace({ kind, from: point(chosen.from), to: point(chosen.to) });
}

interface PartProps {
  readonly view: LogView;
  readonly onFailure: (error: unknown) => void;
}

/** Where in the file the window is, and the way to anywhere in it. */
function Position({ view, title, onFailure }: PartProps & { readonly title: string }) {
  if (view.window.start === 0 && view.isAtEnd) return null;
  const size = view.size.value;
  const seen = view.isPinned.value ? size : view.seen.value;
  return (
    <input
      type="range"
      class="log-position"
      aria-label={`Position in ${title}`}
      aria-valuetext={`${Math.floor((seen / size) * 100)}%`}
      min={0}
      max={size}
      value={seen}
      onChange={({ currentTarget }) =>
        void view.toPosition(Number(currentTarget.value), 'top').catch(onFailure)
      }
    />
  );
}

function NewLines({ view, onFailure }: PartProps) {
  const count = view.newLines.value;
  const isNews = count > 0 && !view.isPinned.value;
  useEffect(() => {
    if (isNews) announce('New lines at the end of the log');
  }, [isNews]);
  if (!isNews) return null;
  return (
    <button type="button" class="button log-new" onClick={() => void view.toEnd().catch(onFailure)}>
      ⇣ {count.toLocaleString('en')} new {count === 1 ? 'line' : 'lines'}
    </button>
  );
}

/** What can be done with the lines that are chosen. */
function Chosen({ view, kind, onFailure }: PartProps & { readonly kind: LogKind | null }) {
  const chosen = view.chosen.value;
  if (chosen === null) return null;
  const isOne = chosen.from === chosen.to;
  const copy = async () => {
    const isCopied = await copyText(await readLines(view, chosen));
    say(isCopied ? 'Copied.' : 'The browser did not let us copy.');
  };
  return (
    <p class="log-chosen">
      <span>{isOne ? 'One line chosen' : 'Several lines chosen'}</span>
      <button type="button" class="button" onClick={() => void copy().catch(onFailure)}>
        Copy {isOne ? 'line' : 'lines'}
      </button>
      <CopyButton text={new URL(placeOf(view, kind), location.href).href} label="link to it" isWide />
      <button type="button" class="button" onClick={() => (view.chosen.value = null)}>
        Clear
      </button>
    </p>
  );
}
