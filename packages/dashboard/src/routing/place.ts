import { computed, signal } from '@preact/signals';
import { ofService, toPlace } from './service-path.ts';

const href = signal(currentHref());

/** The path of the page that is shown, such as `/ui/jobs`, in the service. */
export const path = computed(() => ofService(new URL(href.value, location.origin).pathname));

/** The query of the page that is shown: filters, tabs and ranges live in it, so that the address is the view. */
export const query = computed(() => new URL(href.value, location.origin).searchParams);

/** The fragment, with its `#`; `''` when there is none. */
export const fragment = computed(() => new URL(href.value, location.origin).hash);

/** How to go somewhere. */
export interface NavigateOptions {
  /** Replaces the entry of the history, so that Back does not lead to every keystroke. Default: false. */
  readonly replace?: boolean;
}

/** Shows another page of the dashboard: `/ui/jobs`, or a whole address such as that of a link. */
export function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  const target = new URL(toPlace(to), location.href);
  if (target.origin !== location.origin) throw new RangeError(`expected a page of this service, got ${to}`);
  const isOther = target.pathname !== location.pathname;
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  href.value = currentHref();
  if (isOther && !replace) scrollTo(0, 0);
}

/** Changes parameters of the query; null or '' takes one away. Replaces the entry of the history. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const next = new URL(location.href);
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  navigate(next.href, { replace: true });
}

/** Begins to follow Back and Forward, and clicks on links into the dashboard. */
export function followNavigation(): void {
  addEventListener('popstate', () => (href.value = currentHref()));
  addEventListener('hashchange', () => (href.value = currentHref()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || !isOurs(link) || !isPlain(event)) return;
    event.preventDefault();
    navigate(link.href);
  });
}

/** Links with `download` or `target`, and addresses of the API, are the browser's. */
function isOurs(link: HTMLAnchorElement): boolean {
  if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return false;
  if (link.pathname === location.pathname && link.search === location.search && link.hash !== '')
    return false;
  const linked = ofService(link.pathname);
  return linked === '/' || linked.startsWith('/ui/');
}

/** With a modifier or another button the user wants a new tab. */
function isPlain(event: MouseEvent): boolean {
  const { button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event;
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey && !defaultPrevented;
}

function currentHref(): string {
  return location.pathname + location.search + location.hash;
}
