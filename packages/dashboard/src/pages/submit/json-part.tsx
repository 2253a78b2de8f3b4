import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Draft, readDraft } from './request-edits.ts';

/** What {@link JsonPart} shows. */
export interface JsonPartProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** The same request as JSON; what is no JSON yet is not taken over. */
export function JsonPart({ draft, onChange }: JsonPartProps) {
  const text = useSignal(JSON.stringify(draft, null, 2));
  const problem = useSignal<string | null>(null);
  const id = useId();
  const take = (written: string) => {
    text.value = written;
    const read = readDraft(written);
    problem.value = 'problem' in read ? read.problem : null;
    if ('draft' in read) onChange(read.draft);
  };
  return (
    <div class="submit-json">
      <p class="submit-json-head">
        <label for={id}>The request as JSON</label>
        <CopyButton text={text.value} label="JSON" isWide />
      </p>
      <textarea
        id={id}
        rows={24}
        spellcheck={false}
        value={text.value}
        aria-invalid={problem.value !== null}
        aria-describedby={problem.value === null ? undefined : `${id}-problem`}
        onInput={({ currentTarget }) => take(currentTarget.value)}
      />
      {problem.value !== null && (
        <p id={`${id}-problem`} class="form-field-problem" role="alert">
          <span aria-hidden="true">✗</span> No JSON yet: {problem.value}
        </p>
      )}
    </div>
  );
}
