import { formatSize } from '../../../ui/quantities.ts';
import type { FollowState } from './follow-log.ts';
import type { LogSearch } from './log-search.ts';
import type { LogView } from './log-view.ts';

const STATES = {
  live: '● live',
  checking: '◷ looked at every second',
  reconnecting: '⚠ connection lost, trying again',
  ended: 'complete',
} as const satisfies Record<FollowState, string>;

/** What {@link LogToolbar} shows. */
export interface LogToolbarProps {
  readonly view: LogView;
  readonly search: LogSearch;
  readonly title: string;
  /** Where the file can be had. */
  readonly href: string;
  readonly onFailure: (error: unknown) => void;
}

/** What a log is, and the ways through it. */
export function LogToolbar({ view, search, title, href, onFailure }: LogToolbarProps) {
  const state = view.followState.value;
  const size = view.size.value;
  const run = (work: Promise<void>) => void work.catch(onFailure);
  const follow = () => {
    if (view.isPinned.value) view.isPinned.value = false;
    else run(view.toEnd());
  };
  return (
    <header class="log-toolbar">
      <h2 class="log-title">{title}</h2>
      <span class="log-facts">
        {formatSize(size)}
        {state !== null && ` · ${STATES[state]}`}
      </span>
      <Finder view={view} search={search} title={title} run={run} />
      <span class="log-ways">
        <button type="button" class="button" onClick={() => run(view.toBeginning())}>
          ⇤ Begin
        </button>
        {state === null || state === 'ended' ? (
          <button type="button" class="button" onClick={() => run(view.toEnd())}>
            End ⇥
          </button>
        ) : (
          <button type="button" class="button" aria-pressed={view.isPinned.value} onClick={follow}>
            Follow
          </button>
        )}
        <NumberLines view={view} />
        <a class="button" href={href} download>
          Download
        </a>
      </span>
    </header>
  );
}

interface FinderProps {
  readonly view: LogView;
  readonly search: LogSearch;
  readonly title: string;
  readonly run: (work: Promise<void>) => void;
}

function Finder({ view, search, title, run }: FinderProps) {
  const matches = search.matches.value;
  const progress = search.progress.value;
  const current = search.current.value;
  const isWhole = search.scope.value === 'whole';
  const isPart = view.window.start > 0 || !view.isAtEnd;
  const step = (direction: 1 | -1) => run(search.step(direction, view.seen.peek()));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <span class="log-finder" role="search" aria-label={`Search in ${title}`}>
      <input
        type="search"
        class="input"
        placeholder="Find in log"
        aria-label={`Find in ${title}`}
        onInput={({ currentTarget }) => search.setQuery(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {search.matcher.value !== null && (
        <>
          <span class="log-found">
            {current === null ? '' : `${matches.indexOf(current) + 1} of `}
            {matches.length.toLocaleString('en')} {matches.length === 1 ? 'line' : 'lines'}
            {isWhole ? '' : isPart ? ' of those loaded' : ''}
          </span>
          <button type="button" class="button" aria-label="Previous match" onClick={() => step(-1)}>
            ↑
          </button>
          <button type="button" class="button" aria-label="Next match" onClick={() => step(1)}>
            ↓
          </button>
          {progress !== null && (
            <button type="button" class="button" onClick={() => search.stop()}>
              Stop ({percentOf(progress)} read)
            </button>
          )}
          {!isWhole && isPart && (
            <button type="button" class="button" onClick={() => run(search.searchWhole())}>
              Search all {formatSize(view.size.value)}
            </button>
          )}
        </>
      )}
    </span>
  );
}

/** Lines of a large file have no numbers until somebody wants them: all before them has to be read. */
function NumberLines({ view }: { readonly view: LogView }) {
  const progress = view.numbers.progress.value;
  if (progress !== null) return <span class="log-facts">counting lines: {percentOf(progress)}</span>;
  if (!view.isOpen.value || view.firstNumber.value !== null) return null;
  return (
    <button
      type="button"
      class="button"
      title={`Reads ${formatSize(view.window.start)}`}
      onClick={() => void view.countLines()}
    >
      Number lines
    </button>
  );
}

function percentOf({ done, total }: { readonly done: number; readonly total: number }): string {
  return `${total === 0 ? 100 : Math.floor((done / total) * 100)}%`;
}
