import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { ApiFailure } from '../api/api-failure.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailureBox } from '../ui/failure-box.tsx';
import { Loading } from '../ui/loading.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import type { PageEntry, PageProps } from './pages.ts';

/** What {@link LazyPage} shows. */
export interface LazyPageProps extends PageProps {
  /** Null: no page has this address. */
  readonly entry: PageEntry | null;
}

/** Shows a page once its code is there. */
export function LazyPage({ entry, params }: LazyPageProps) {
  const page = useSignal<ComponentType<PageProps> | null>(null);
  const failure = useSignal<ApiFailure | null>(null);
  const load = () => {
    failure.value = null;
    entry?.load().then(
      ({ Page }) => (page.value = Page),
      (error: unknown) => (failure.value = notLoaded(error)),
    );
  };
  // Before the effects of the page, which may name it better.
  useLayoutEffect(() => {
    document.title = `${entry?.title ?? 'Not found'} · Arras`;
  }, [entry]);
  useEffect(load, [entry]);
  if (entry === null) return <NoSuchPage />;
  if (failure.value !== null) return <FailureBox failure={failure.value} onRetry={() => location.reload()} />;
  if (page.value === null) return <Loading />;
  const Page = page.value;
  return (
    <ErrorBoundary>
      <Page params={params} />
    </ErrorBoundary>
  );
}

function NoSuchPage() {
  return (
    <>
      <h1>Not found</h1>
      <EmptyState title="There is no such page.">
        <p>
          <a href="/">Home</a> · <a href="/ui/jobs">Jobs</a>
        </p>
      </EmptyState>
    </>
  );
}

/** The service may have been updated since: then the old code is gone. */
function notLoaded(error: unknown): ApiFailure {
  const why = error instanceof Error ? error.message : String(error);
  const message = `The code of this page could not be loaded (${why}). Load the page anew.`;
  return new ApiFailure({ status: 0, code: null, message, problems: [], requestId: null });
}
