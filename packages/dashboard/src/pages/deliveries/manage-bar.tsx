import { useSignal } from '@preact/signals';
import { call } from '../../api/call.ts';
import { tryCall } from '../../api/try-call.ts';
import type { SubscriptionState } from '../../notifications/read-subscriptions.ts';
import { Secret } from '../../notifications/subscribe-form.tsx';
import { navigate } from '../../routing/place.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { say } from '../../ui/toasts.tsx';

/** What {@link ManageBar} manages. */
export interface ManageBarProps {
  readonly state: SubscriptionState;
  readonly onChanged: () => void;
}

type Open = 'rotate' | 'delete' | { readonly secret: string } | null;

/** Gives a new secret, and deletes. */
export function ManageBar({ state, onChanged }: ManageBarProps) {
  const { id } = state.subscription;
  const open = useSignal<Open>(null);
  const close = () => (open.value = null);
  const rotate = async () => {
    const made = await tryCall(() => call('rotateNotificationSecret', { params: { id } }));
    open.value = made?.secret === undefined ? null : { secret: made.secret };
    onChanged();
  };
  const remove = async () => {
    close();
    const isGone = await tryCall(async () => {
      await call('deleteNotification', { params: { id } });
      return true;
    });
    if (isGone === null) return;
    say('The subscription is deleted.');
    navigate('/ui/deliveries');
  };
  const shown = open.value;
  return (
    <div class="deliveries-manage">
      <button type="button" class="button" onClick={() => (open.value = 'rotate')}>
        New secret…
      </button>
      <button type="button" class="button button-danger" onClick={() => (open.value = 'delete')}>
        Delete…
      </button>
      {shown === 'rotate' && (
        <Question
          title="Make a new signing secret?"
          yes="Make it"
          onYes={() => void rotate()}
          onClose={close}
        >
          It is shown once. For 24 hours messages are signed with both, so that the receiver has time to learn
          it.
        </Question>
      )}
      {shown === 'delete' && (
        <Question title="Delete the subscription?" yes="Delete" onYes={() => void remove()} onClose={close}>
          Nobody is told any more, and what still waits is not sent. This cannot be undone.
        </Question>
      )}
      {shown !== null && typeof shown === 'object' && (
        <Dialog title="Keep the signing secret" onClose={close}>
          <Secret secret={shown.secret} onClose={close} />
        </Dialog>
      )}
    </div>
  );
}

interface QuestionProps {
  readonly title: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly children: string;
}

function Question({ title, yes, onYes, onClose, children }: QuestionProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <p class="dialog-buttons">
        <button type="button" class="button button-primary" onClick={onYes}>
          {yes}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
      </p>
    </Dialog>
  );
}
