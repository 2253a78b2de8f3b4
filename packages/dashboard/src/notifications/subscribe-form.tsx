import { JOB_STATUSES, type NotificationView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useId } from 'preact/hooks';
import { ApiFailure } from '../api/api-failure.ts';
import { call } from '../api/call.ts';
import { noteFailure } from '../session/session.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FailureBox } from '../ui/failure-box.tsx';
import { say } from '../ui/toasts.tsx';

/** What {@link SubscribeForm} needs. */
export interface SubscribeFormProps {
  /** The job whose events count; null: whoever fills it in says of what. */
  readonly jobId: string | null;
  readonly onClose: () => void;
  readonly onSubscribed: () => void;
}

/** Subscribes somebody to the events of a job, or of anything else. A signing secret is shown once, here. */
export function SubscribeForm({ jobId, onClose, onSubscribed }: SubscribeFormProps) {
  const made = useSignal<NotificationView | null>(null);
  const onMade = (subscription: NotificationView) => {
    onSubscribed();
    if (subscription.secret !== undefined) made.value = subscription;
    else {
      say('Subscribed.');
      onClose();
    }
  };
  return (
    <Dialog
      title={
        made.value === null
          ? jobId === null
            ? 'Subscribe'
            : 'Subscribe to this job'
          : 'Keep the signing secret'
      }
      onClose={onClose}
    >
      {made.value === null ? (
        <Fields jobId={jobId} onMade={onMade} onClose={onClose} />
      ) : (
        <Secret secret={made.value.secret ?? ''} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface FieldsProps {
  readonly jobId: string | null;
  readonly onMade: (subscription: NotificationView) => void;
  readonly onClose: () => void;
}

function Fields({ jobId, onMade, onClose }: FieldsProps) {
  const failure = useSignal<ApiFailure | null>(null);
  const events = useId();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const isSigned = form.has('secret');
    const body = {
      associatedUuid: jobId ?? text('associatedUuid'),
      url: text('url'),
      event: text('event'),
      persistent: form.has('persistent'),
      ...(isSigned && { secret: true }),
    };
    try {
      onMade(await call('createNotification', { body }));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      noteFailure(error);
      failure.value = error;
    }
  };
  return (
    <form class="subscribe-form" onSubmit={(event) => void submit(event)}>
      {failure.value !== null && <FailureBox failure={failure.value} />}
      {jobId === null && (
        <label>
          Id of a job, or the uuid of an app or a system
          <input name="associatedUuid" required maxLength={64} autocomplete="off" spellcheck={false} />
        </label>
      )}
      <label>
        Web address or e-mail address
        <input name="url" required maxLength={1024} autocomplete="off" spellcheck={false} />
      </label>
      <label>
        <span>
          Event, <code>*</code> for every one, or the name of an event of the program
        </span>
        <input name="event" required maxLength={32} defaultValue="FINISHED" list={events} />
      </label>
      <datalist id={events}>
        {['*', ...JOB_STATUSES, 'HEARTBEAT'].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label class="subscribe-form-check">
        <input type="checkbox" name="persistent" /> Every time, not only once
      </label>
      <label class="subscribe-form-check">
        <input type="checkbox" name="secret" /> Sign the messages with a new secret
      </label>
      <p class="dialog-buttons">
        <button type="submit" class="button button-primary">
          Subscribe
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
      </p>
    </form>
  );
}

/** A signing secret, which is shown this once. */
export function Secret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <>
      <p>It is shown this once. The receiver checks with it that messages come from here.</p>
      <p>
        <code class="subscribe-form-secret">{secret}</code> <CopyButton text={secret} label="secret" />
      </p>
      <p class="dialog-buttons">
        <button type="button" class="button button-primary" onClick={onClose}>
          I have kept it
        </button>
      </p>
    </>
  );
}
