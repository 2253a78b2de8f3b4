import { type JobStatus, STATUS_LOOKS, type StatusClass } from '@arras/contract';
import { useEffect } from 'preact/hooks';
import active from './favicon-active.svg';
import fail from './favicon-fail.svg';
import idle from './favicon-idle.svg';
import ok from './favicon-ok.svg';

const ICONS = { active, fail, idle, ok } as const satisfies Record<StatusClass, string>;

/** Names the tab; with the status of a job, its symbol stands before the text and the icon has its colour. */
export function usePageTitle(text: string, status?: JobStatus): void {
  useEffect(() => {
    const look = status === undefined ? null : STATUS_LOOKS[status];
    document.title = `${look === null ? '' : `${look.symbol} `}${text} · Arras`;
    showIcon(look === null ? idle : ICONS[look.class]);
  }, [text, status]);
}

function showIcon(href: string): void {
  const known = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const link = known ?? document.createElement('link');
  link.rel = 'icon';
  link.type = 'image/svg+xml';
  link.href = href;
  if (known === null) document.head.append(link);
}
