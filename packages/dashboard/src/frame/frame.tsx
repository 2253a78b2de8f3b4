import type { ComponentChildren } from 'preact';
import { Palette } from '../keyboard/palette.tsx';
import { ShortcutMap } from '../keyboard/shortcut-map.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { live } from '../live/live.ts';
import { navigate, path } from '../routing/place.ts';
import { Announcer } from '../ui/announcer.tsx';
import { nowMs } from '../ui/clock.ts';
import { Toasts } from '../ui/toasts.tsx';
import { LivePill } from './live-pill.tsx';
import { overlay } from './overlay.ts';
import { PreferencesDialog } from './preferences-dialog.tsx';
import { isStale } from './staleness.ts';
import { UserMenu } from './user-menu.tsx';
import './frame.css';

const PLACES = [
  { href: '/', label: 'Home' },
  { href: '/ui/jobs', label: 'Jobs' },
  { href: '/ui/submit', label: 'Submit' },
  { href: '/ui/deliveries', label: 'Deliveries' },
  { href: '/ui/systems', label: 'Systems' },
  { href: '/ui/help', label: 'Help' },
] as const;

/** What is around every page: where to go, how fresh it is, and who is signed in. */
export function Frame({ children }: { readonly children: ComponentChildren }) {
  useFrameShortcuts();
  return (
    <div class="frame">
      <a class="frame-skip" href="#main">
        Skip to the page
      </a>
      <header class="frame-header">
        <a class="frame-brand" href="/" aria-label="Arras, home">
          <span aria-hidden="true">▦</span> Arras
        </a>
        <nav class="frame-nav" aria-label="Pages">
          {PLACES.map(({ href, label }) => (
            <a key={href} href={href} aria-current={isAt(href, path.value) ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <LivePill />
        <UserMenu />
      </header>
      <Main>{children}</Main>
      <Announcer />
      <Toasts />
      <Overlays />
    </div>
  );
}

/** Of its own: the age moves each second, and the page must not be drawn each time. */
function Main({ children }: { readonly children: ComponentChildren }) {
  return (
    <main id="main" class="frame-main" tabIndex={-1}>
      <StaleMark />
      {children}
    </main>
  );
}

function StaleMark() {
  const tick = nowMs.value;
  if (tick === 0 || !isStale(live.value, Date.now())) return null;
  return (
    <p class="frame-stale">
      {live.value.state === 'paused'
        ? 'Paused: what you see is held as it was.'
        : 'What you see may have changed: the service does not answer.'}
    </p>
  );
}

function Overlays() {
  const close = () => (overlay.value = null);
  switch (overlay.value) {
    case 'keyboard':
      return <ShortcutMap onClose={close} />;
    case 'palette':
      return <Palette onClose={close} />;
    case 'preferences':
      return <PreferencesDialog onClose={close} />;
    case null:
      return null;
  }
}

function useFrameShortcuts(): void {
  const go = (label: string, to: string) => ({ label, run: () => navigate(to) });
  useShortcuts({
    'g h': go('Go to Home', '/'),
    'g j': go('Go to Jobs', '/ui/jobs'),
    'g s': go('Go to Systems', '/ui/systems'),
    'g n': go('Go to Deliveries', '/ui/deliveries'),
    '/': { label: 'Filter jobs', run: filterJobs },
    '.': { label: 'Find a command', run: () => (overlay.value = 'palette') },
    '?': { label: 'Show the keyboard', run: () => (overlay.value = 'keyboard') },
  });
}

/** The filter of the page; without one that of the jobs. */
function filterJobs(): void {
  const box = document.querySelector<HTMLElement>('[data-filter]');
  if (box === null) navigate('/ui/jobs');
  else box.focus();
}

function isAt(href: string, shown: string): boolean {
  return shown === href || (href !== '/' && shown.startsWith(`${href}/`));
}
