import type { JobView } from '@arras/contract';
import { serviceUrl } from '../../../routing/service-path.ts';
import { CopyMenu } from '../../../ui/copy-menu.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { shorten } from '../job-words.ts';
import { callTexts } from './copy-as.ts';
import { ACTION_WORDS, type Action } from './job-actions.ts';

/** What {@link ConfirmAction} asks. */
export interface ConfirmActionProps {
  readonly job: Pick<JobView, 'name' | 'id'>;
  readonly action: Action;
  readonly onClose: () => void;
  readonly onConfirm: (action: Action) => void;
}

/** Says what an action will do before it does it. */
export function ConfirmAction({ job, action, onClose, onConfirm }: ConfirmActionProps) {
  const { label, question } = ACTION_WORDS[action];
  const name = label.replace('…', '');
  return (
    <Dialog title={`${name}?`} onClose={onClose}>
      <p class="action-bar-name">
        <bdi>{shorten(job.name, 200)}</bdi> <code>{job.id}</code>
      </p>
      <p>{question}</p>
      <p class="dialog-buttons">
        <button type="button" class="button button-primary" onClick={() => onConfirm(action)}>
          {name}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
        {(action === 'stop' || action === 'resubmit') && (
          <CopyMenu {...callTexts(action, job.id, serviceUrl())} />
        )}
      </p>
    </Dialog>
  );
}
