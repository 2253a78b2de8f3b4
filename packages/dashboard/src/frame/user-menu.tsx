import { ApiFailure } from '../api/api-failure.ts';
import { session, signOut } from '../session/session.ts';
import { Menu } from '../ui/menu.tsx';
import { sayFailure } from '../ui/toasts.tsx';
import { type Overlay, overlay } from './overlay.ts';

/** What is about the person and not about a page. */
export function UserMenu() {
  if (session.value.kind !== 'signed-in') return null;
  const { username, isAdmin } = session.value.viewer;
  const open = (which: Overlay) => () => (overlay.value = which);
  return (
    <Menu
      label={<span class="frame-user">{username}</span>}
      title={`${username}${isAdmin ? ', administrator' : ''}: preferences, keyboard, sign out`}
      items={[
        { label: 'Preferences', onSelect: open('preferences') },
        { label: 'Keyboard', onSelect: open('keyboard') },
        { label: 'Sign out', onSelect: leave },
      ]}
    />
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    sayFailure(error);
  }
}
