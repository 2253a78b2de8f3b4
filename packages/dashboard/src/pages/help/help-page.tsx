import { DOCUMENTS } from 'virtual:help';
import { useEffect } from 'preact/hooks';
import { ApiFailure } from '../../api/api-failure.ts';
import type { PageProps } from '../../routing/pages.ts';
import { fragment } from '../../routing/place.ts';
import { SERVICE_PATH } from '../../routing/service-path.ts';
import { useCall } from '../../store/use-call.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { arrange } from './contents.ts';
import './help.css';

type Document = (typeof DOCUMENTS)[number];

const CONTENTS = arrange(DOCUMENTS);

/** The documentation of this very version, which comes with the service and needs no other place. */
export function Page({ params }: PageProps) {
  const path = (params.rest ?? '').replace(/\.md$/, '');
  const document = DOCUMENTS.find((each) => each.path === path);
  usePageTitle(document?.title ?? 'Help');
  return (
    <div class="help">
      <nav class="help-contents" aria-label="Contents of the help">
        <Contents current={path} />
      </nav>
      {document === undefined ? (
        <NoDocument path={path} />
      ) : (
        <DocumentText key={document.path} document={document} />
      )}
    </div>
  );
}

/** On a narrow screen it would fill the page: there it is closed until somebody opens it. */
function Contents({ current }: { readonly current: string }) {
  const isOpen = current === '' || matchMedia('(width >= 900px)').matches;
  return (
    <details open={isOpen}>
      <summary>Contents</summary>
      {CONTENTS.map(({ title, documents }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>
            {documents.map((document) => (
              <li key={document.path}>
                <a
                  href={`/ui/help/${document.path}`}
                  aria-current={document.path === current ? 'page' : undefined}
                >
                  {document.title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}

function NoDocument({ path }: { readonly path: string }) {
  if (path !== '')
    return (
      <div class="help-text">
        <h1>Help</h1>
        <EmptyState title="The help has no such page.">
          <p>The contents name all that it has.</p>
        </EmptyState>
      </div>
    );
  return (
    <div class="help-text">
      <h1>Help</h1>
      <p>
        The documentation of this version. Begin with <a href="/ui/help/guides/first-job">the first job</a>.
        Press <kbd>?</kbd> on any page for the keyboard, and run <code>arras help</code> for the command line.
      </p>
    </div>
  );
}

function DocumentText({ document }: { readonly document: Document }) {
  const { state, refresh } = useCall(() => document.load().catch(refuse), []);
  const html = state.value?.html;
  useEffect(() => {
    if (html !== undefined && fragment.value !== '')
      globalThis.document.getElementById(decodeURIComponent(fragment.value.slice(1)))?.scrollIntoView();
  }, [html]);
  if (html === undefined)
    return state.failure === null ? <Loading /> : <FailureBox failure={state.failure} onRetry={refresh} />;
  // Made at build time from documents of ours alone, without any HTML that they contain.
  // oxlint-disable-next-line react/no-danger -- see above
  return <article class="help-text" dangerouslySetInnerHTML={{ __html: placeLinks(html) }} />;
}

/** Links to other documents, as the service has them, for where it is. */
function placeLinks(html: string): string {
  return html.replaceAll('<a href="/', `<a href="${SERVICE_PATH}/`);
}

function refuse(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  const message = `This page of the help could not be loaded (${why}). Load the page anew.`;
  throw new ApiFailure({ status: 0, code: null, message, problems: [], requestId: null });
}
