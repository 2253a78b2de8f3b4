import { useSignal } from '@preact/signals';
import { serviceUrl } from '../../routing/service-path.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { findViewNameProblem, type SavedView, type ShownView } from './saved-views.ts';
import './view-bar.css';

/** What {@link ViewBar} shows. */
export interface ViewBarProps {
  readonly views: readonly SavedView[];
  readonly shown: ShownView;
  readonly onSave: (name: string) => Promise<boolean>;
  readonly onDelete: (name: string) => void;
}

/** The views: a filter under a name each, and what can be done to the one that is shown. */
export function ViewBar({ views, shown, onSave, onDelete }: ViewBarProps) {
  const isNaming = useSignal(false);
  const { view, isChanged, filter } = shown;
  const canSave = view !== null && !view.isPreset && isChanged;
  return (
    <nav class="view-bar" aria-label="Views">
      <ul class="view-bar-list">
        <li>
          <ViewLink href="/ui/jobs" isCurrent={view === null && filter === ''} title="All" />
        </li>
        {views.map(({ name, title }) => (
          <li key={name}>
            <ViewLink
              href={`/ui/jobs?view=${encodeURIComponent(name)}`}
              isCurrent={view?.name === name}
              title={title + (view?.name === name && isChanged ? ' (changed)' : '')}
            />
          </li>
        ))}
      </ul>
      <div class="view-bar-actions">
        {canSave && (
          <button type="button" class="button" onClick={() => void onSave(view.name)}>
            Save
          </button>
        )}
        {filter.trim() !== '' && (view === null || isChanged) && (
          <button type="button" class="button" onClick={() => (isNaming.value = true)}>
            Save as…
          </button>
        )}
        {view !== null && !view.isPreset && (
          <button type="button" class="button" onClick={() => onDelete(view.name)}>
            Delete view
          </button>
        )}
        {filter.trim() !== '' && (
          <CopyButton
            text={`${serviceUrl()}/ui/jobs?q=${encodeURIComponent(filter.trim())}`}
            label="link to this list"
          />
        )}
      </div>
      {isNaming.value && (
        <NameDialog
          onClose={() => (isNaming.value = false)}
          onName={async (name) => {
            if (await onSave(name)) isNaming.value = false;
          }}
        />
      )}
    </nav>
  );
}

function ViewLink({ href, isCurrent, title }: { href: string; isCurrent: boolean; title: string }) {
  return (
    <a class="view-bar-view" href={href} aria-current={isCurrent ? 'page' : undefined}>
      <bdi>{title}</bdi>
    </a>
  );
}

interface NameDialogProps {
  readonly onClose: () => void;
  readonly onName: (name: string) => Promise<void>;
}

function NameDialog({ onClose, onName }: NameDialogProps) {
  const name = useSignal('');
  const isTried = useSignal(false);
  const problem = findViewNameProblem(name.value);
  const submit = (event: Event) => {
    event.preventDefault();
    isTried.value = true;
    if (problem === null) void onName(name.value);
  };
  return (
    <Dialog title="Save this view" onClose={onClose}>
      <form class="view-bar-form" onSubmit={submit}>
        <label>
          Name
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to write it
            autofocus
            value={name.value}
            aria-invalid={isTried.value && problem !== null}
            aria-describedby="view-bar-problem"
            onInput={({ currentTarget }) => (name.value = currentTarget.value)}
          />
        </label>
        <p id="view-bar-problem" class="view-bar-problem">
          {isTried.value ? problem : 'Kept on the service, for you alone. Share a list by its link.'}
        </p>
        <button type="submit" class="button button-primary">
          Save
        </button>
      </form>
    </Dialog>
  );
}
