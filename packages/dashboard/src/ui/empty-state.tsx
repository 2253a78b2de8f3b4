import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.tsx';
import './empty-state.css';

/** What {@link EmptyState} shows. */
export interface EmptyStateProps {
  readonly title: string;
  /** The command that fills it. */
  readonly command?: string;
  readonly children?: ComponentChildren;
}

/** Nothing is here yet, and this is how something comes. */
export function EmptyState({ title, command, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <p class="empty-state-title">{title}</p>
      {command !== undefined && (
        <p class="empty-state-command">
          <code>{command}</code> <CopyButton text={command} label="command" />
        </p>
      )}
      {children}
    </div>
  );
}
