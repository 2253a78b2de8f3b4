import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { query, setQuery } from '../../routing/place.ts';
import { useCall } from '../../store/use-call.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';

/** Apps of one look: whoever has more searches. */
const MOST = 100;

/** Somebody who types is searched for when they pause for so long, in milliseconds. */
const PAUSE_MS = 250;

/** The apps that can be run, found by a part of their name. */
export function AppPicker() {
  usePageTitle('Submit a job');
  const wanted = query.value.get('q') ?? '';
  const { state, refresh } = useCall(
    (signal) =>
      call('listApps', {
        query: { limit: MOST, available: true, ...(wanted !== '' && { 'name.like': `*${wanted}*` }) },
        signal,
      }),
    [wanted],
  );
  const { value, failure } = state;
  return (
    <>
      <h1>Submit a job</h1>
      <SearchBox wanted={wanted} />
      {state.kind === 'loading' && <Loading what="Reading the apps" />}
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value?.length === 0 && <NoApps wanted={wanted} />}
      <ul class="app-list" aria-label="Apps">
        {value?.map((app) => (
          <li key={app.id}>
            <a href={`/ui/submit?app=${encodeURIComponent(app.id)}`}>
              <bdi>{app.label ?? app.name}</bdi>
            </a>{' '}
            <code>{app.id}</code>
            <p>
              {app.shortDescription !== null && `${app.shortDescription} · `}
              on <bdi>{app.executionSystem}</bdi> · {app.isPublic ? 'public' : `of ${app.owner}`}
            </p>
          </li>
        ))}
      </ul>
      {value?.length === MOST && <p>There are more: search for a part of the name.</p>}
    </>
  );
}

function NoApps({ wanted }: { readonly wanted: string }) {
  if (wanted === '')
    return (
      <EmptyState title="There is no app yet that you may run." command="arras apps create -F app.json" />
    );
  return (
    <EmptyState title={`No app has “${wanted}” in its name.`}>
      <button type="button" class="button" onClick={() => setQuery({ q: null })}>
        Show all apps
      </button>
    </EmptyState>
  );
}

function SearchBox({ wanted }: { readonly wanted: string }) {
  const text = useSignal(wanted);
  useEffect(() => {
    if (text.value === wanted) return;
    const timer = setTimeout(() => setQuery({ q: text.value }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text.value]);
  // Back, Forward and "Show all apps" change the address, not the box.
  useEffect(() => void (text.value = wanted), [wanted]);
  return (
    <label class="app-picker-search">
      Part of the app’s name
      <input
        type="search"
        data-filter
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
    </label>
  );
}
