import { forgetInTab, keepInTab, readKeptInTab } from '../preferences/browser-storage.ts';
import { navigate, path } from '../routing/place.ts';

const NAME = 'return';

/** Remembers the page of this tab, which goes to the OpenID provider now and is sent back to the first page. */
export function keepPlace(): void {
  keepInTab(NAME, location.href);
}

/** Goes back to the page from which somebody left for the provider, once. */
export function returnToPlace(): void {
  const kept = readKeptInTab(NAME);
  forgetInTab(NAME);
  const isOurs = kept !== null && URL.parse(kept)?.origin === location.origin;
  if (isOurs && path.value === '/') navigate(kept, { replace: true });
}
