import type { SystemView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { call } from '../../api/call.ts';
import { tryCall } from '../../api/try-call.ts';
import { session } from '../../session/session.ts';
import { useCall } from '../../store/use-call.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { say } from '../../ui/toasts.tsx';

/** What {@link SwitchButton} switches. */
export interface SwitchButtonProps {
  readonly system: Pick<SystemView, 'id' | 'available'>;
  readonly onChanged: () => void;
}

/** Enables or disables a system; only for those who may. */
export function SwitchButton({ system: { id, available }, onChanged }: SwitchButtonProps) {
  const isAsking = useSignal(false);
  const isBusy = useSignal(false);
  if (!useMayManage(id)) return null;
  const put = async (action: 'enable' | 'disable') => {
    isAsking.value = false;
    isBusy.value = true;
    const system = await tryCall(() => call('actOnSystem', { params: { id }, body: { action } }));
    isBusy.value = false;
    if (system !== null) say(`${id} is ${system.available ? 'enabled' : 'disabled'}.`);
    onChanged();
  };
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={isBusy.value}
        onClick={() => (available ? (isAsking.value = true) : void put('enable'))}
      >
        {available ? 'Disable…' : 'Enable'}
      </button>
      {isAsking.value && (
        <Dialog title="Disable the system?" onClose={() => (isAsking.value = false)}>
          <p>
            <bdi>{id}</bdi> takes no new jobs until somebody enables it. Jobs that are on it go on.
          </p>
          <p class="dialog-buttons">
            <button type="button" class="button button-primary" onClick={() => void put('disable')}>
              Disable
            </button>
            <button type="button" class="button" onClick={() => (isAsking.value = false)}>
              Leave it
            </button>
          </p>
        </Dialog>
      )}
    </>
  );
}

/** Administrators of the service, and those with the role ADMIN or OWNER. */
function useMayManage(id: string): boolean {
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer : null;
  const username = viewer?.username ?? '';
  const isAdmin = viewer?.isAdmin === true;
  const { state } = useCall(
    async (signal) => (isAdmin ? null : call('showSystemRole', { params: { id, username }, signal })),
    [id, username, isAdmin],
  );
  return isAdmin || ['ADMIN', 'OWNER'].includes(state.value?.role ?? '');
}
