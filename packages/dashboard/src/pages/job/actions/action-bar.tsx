import type { JobView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { navigate, query } from '../../../routing/place.ts';
import { serviceUrl } from '../../../routing/service-path.ts';
import { session } from '../../../session/session.ts';
import { CopyMenu } from '../../../ui/copy-menu.tsx';
import { copyText } from '../../../ui/copy-text.ts';
import { Menu, type MenuItem } from '../../../ui/menu.tsx';
import { say } from '../../../ui/toasts.tsx';
import { parseTab } from '../job-tabs.ts';
import { showTab } from '../show-tab.ts';
import { ConfirmAction } from './confirm-action.tsx';
import { callOf, callTexts } from './copy-as.ts';
import { ACTION_WORDS, type Action, possibleActions } from './job-actions.ts';
import { runAction } from './run-action.ts';
import { StarButton } from './star-button.tsx';
import './actions.css';

/** What can be done with a job, and how to do it elsewhere. */
export function ActionBar({ job }: { readonly job: JobView }) {
  const asked = useSignal<Action | null>(null);
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer.username : '';
  const actions = possibleActions(job, viewer);
  const begin = (action: Action) => {
    if (ACTION_WORDS[action].question === null) void runAction(job, action);
    else asked.value = action;
  };
  useShortcuts({
    ...(actions.includes('stop') && { c: { label: 'Stop the job', run: () => begin('stop') } }),
    y: { label: 'Copy the address of this view', run: () => void copyAddress() },
  });
  const [stop] = actions.filter((action) => action === 'stop');
  return (
    <div class="action-bar">
      {stop !== undefined && (
        <button type="button" class="button" onClick={() => begin(stop)}>
          {ACTION_WORDS.stop.label}
        </button>
      )}
      <Menu label="Actions" items={menuItems(job, actions, begin)} />
      <CopyMenu {...callTexts(callOf(parseTab(query.value.get('tab')), job.status), job.id, serviceUrl())} />
      <StarButton id={job.id} />
      {asked.value !== null && (
        <ConfirmAction
          job={job}
          action={asked.value}
          onClose={() => (asked.value = null)}
          onConfirm={(action) => {
            asked.value = null;
            void runAction(job, action);
          }}
        />
      )}
    </div>
  );
}

function menuItems(
  job: JobView,
  actions: readonly Action[],
  begin: (action: Action) => void,
): readonly MenuItem[] {
  const items = actions
    .filter((action) => action !== 'stop')
    .map((action) => ({
      label: ACTION_WORDS[action].label,
      isDanger: action === 'kill',
      onSelect: () => begin(action),
    }));
  return [
    ...items,
    {
      label: 'Resubmit with changes…',
      onSelect: () => navigate(`/ui/submit?from=${encodeURIComponent(job.id)}`),
    },
    { label: 'Share…', onSelect: () => showTab('permissions') },
    { label: 'Copy the address of this view', onSelect: () => void copyAddress() },
  ];
}

async function copyAddress(): Promise<void> {
  const isCopied = await copyText(location.href);
  say(isCopied ? 'Copied the address of this view.' : 'The browser did not let us copy.');
}
