import type { PreviewView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { call } from '../api/call.ts';
import { tryCall } from '../api/try-call.ts';
import { MailView } from './mail-view.tsx';

/** What {@link MessagePreview} shows. */
export interface MessagePreviewProps {
  readonly jobId: string;
  readonly url: string;
  readonly event: string;
}

/** What a message about this event says, made from the job as it is now; what was sent is at its attempts. */
export function MessagePreview({ jobId, url, event }: MessagePreviewProps) {
  const preview = useSignal<PreviewView | null>(null);
  const show = async () => {
    preview.value = await tryCall(() => call('previewNotification', { body: { jobId, url, event } }));
  };
  const shown = preview.value;
  if (shown === null)
    return (
      <button type="button" class="button" onClick={() => void show()}>
        Show the message
      </button>
    );
  const { mail } = shown;
  return (
    <figure class="message-preview">
      <figcaption>
        {mail === null ? 'Body of the message' : `Mail: ${mail.subject}`}, made from the job as it is now
      </figcaption>
      {mail === null ? (
        <pre tabIndex={0} aria-label="The message">
          {JSON.stringify(shown.body, null, 2)}
        </pre>
      ) : (
        <MailView {...mail} />
      )}
    </figure>
  );
}
