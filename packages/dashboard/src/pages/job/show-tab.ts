import { navigate } from '../../routing/place.ts';
import type { JobTab } from './job-tabs.ts';

/** Shows a tab of the page. What the fragment named was in the tab before. */
export function showTab(tab: JobTab): void {
  const next = new URL(location.href);
  next.hash = '';
  next.searchParams.set('tab', tab);
  navigate(next.href, { replace: true });
}
