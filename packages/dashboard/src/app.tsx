import { useComputed } from '@preact/signals';
import { Frame } from './frame/frame.tsx';
import { LazyPage } from './routing/lazy-page.tsx';
import { matchPath } from './routing/match-path.ts';
import { PAGES } from './routing/pages.ts';
import { path } from './routing/place.ts';
import { findSession, session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { FailureBox } from './ui/failure-box.tsx';

/** The whole page: the sign-in, or the page of the address in its frame. */
export function App() {
  const shown = useComputed(() => findPage(path.value));
  const state = session.value;
  if (state.kind === 'unknown') return null;
  if (state.kind === 'failed')
    return <FailureBox failure={state.failure} onRetry={() => void findSession()} />;
  if (state.kind === 'signed-out') return <SignIn />;
  return (
    <Frame>
      <LazyPage key={shown.value.entry?.pattern} {...shown.value} />
    </Frame>
  );
}

function findPage(shownPath: string) {
  for (const entry of PAGES) {
    const params = matchPath(entry.pattern, shownPath);
    if (params !== null) return { entry, params };
  }
  return { entry: null, params: {} };
}
