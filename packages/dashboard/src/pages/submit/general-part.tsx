import type { QueueView } from '@arras/contract';
import type { PartProps } from './app-part.tsx';
import { FormField } from './form-field.tsx';
import { queueText } from './queue-text.ts';
import { type Draft, numberOf, textOf, withField } from './request-edits.ts';

interface TextField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly isRequired?: boolean;
  readonly isNumber?: boolean;
}

const NAME: TextField = {
  name: 'name',
  label: 'Name',
  hint: 'of the job, at most 64 characters',
  isRequired: true,
};

const RESOURCES: readonly TextField[] = [
  { name: 'nodeCount', label: 'Nodes', hint: '', isNumber: true },
  { name: 'processorsPerNode', label: 'Processors on each node', hint: '', isNumber: true },
  { name: 'memoryPerNode', label: 'Memory on each node', hint: 'such as 4GB; blank: what the queue gives' },
  { name: 'maxRunTime', label: 'Longest run time', hint: 'hours:minutes:seconds' },
];

const ARCHIVE: readonly TextField[] = [
  { name: 'archiveSystem', label: 'Archive system', hint: 'blank: your default storage system' },
  { name: 'archivePath', label: 'Archive path', hint: 'blank: a directory of the job’s own' },
];

/** The fields that have a place in this part of the form, as the service names them. */
export const GENERAL_FIELDS: readonly string[] = [
  ...[NAME, ...RESOURCES, ...ARCHIVE].map(({ name }) => name),
  'batchQueue',
  'archive',
  'archiveOnAppError',
];

/** What every job has: name, queue, resources and archive. */
export function GeneralPart({ queues, ...part }: PartProps & { readonly queues: readonly QueueView[] }) {
  const { draft } = part;
  return (
    <>
      <fieldset class="submit-part">
        <legend>Job</legend>
        <TextInput field={NAME} {...part} />
        <QueueSelect queues={queues} {...part} />
        <div class="submit-row">
          {RESOURCES.map((field) => (
            <TextInput key={field.name} field={field} {...part} />
          ))}
        </div>
      </fieldset>
      <fieldset class="submit-part">
        <legend>Archive</legend>
        <Switch name="archive" label="Copy the output away when the job has run" {...part} />
        {draft['archive'] !== false && (
          <>
            <Switch name="archiveOnAppError" label="Also when the program failed" {...part} />
            <div class="submit-row">
              {ARCHIVE.map((field) => (
                <TextInput key={field.name} field={field} {...part} />
              ))}
            </div>
          </>
        )}
      </fieldset>
    </>
  );
}

function TextInput({ field, draft, onChange, problems }: PartProps & { readonly field: TextField }) {
  const { name, label, hint, isRequired = false, isNumber = false } = field;
  const valueOf = (text: string) => {
    if (text === '' && !isRequired) return undefined;
    return isNumber ? numberOf(text) : text;
  };
  return (
    <FormField label={label} isRequired={isRequired} description={hint} problems={problems.get(name)}>
      {(control) => (
        <input
          {...control}
          type="text"
          name={name}
          inputMode={isNumber ? 'numeric' : undefined}
          autocomplete="off"
          spellcheck={false}
          value={textOf(draft[name])}
          onInput={({ currentTarget }) => onChange(withField(draft, name, valueOf(currentTarget.value)))}
        />
      )}
    </FormField>
  );
}

function QueueSelect({
  queues,
  draft,
  onChange,
  problems,
}: PartProps & { readonly queues: readonly QueueView[] }) {
  const current = textOf(draft['batchQueue']);
  const known = queues.find(({ name }) => name === current);
  return (
    <FormField
      label="Queue"
      description={known === undefined ? '' : queueText(known)}
      problems={problems.get('batchQueue')}
    >
      {(control) => (
        <select
          {...control}
          name="batchQueue"
          value={current}
          onChange={({ currentTarget: { value } }) =>
            onChange(withField(draft, 'batchQueue', value === '' ? undefined : value))
          }
        >
          <option value="">the app’s, else the best fit</option>
          {known === undefined && current !== '' && <option value={current}>{current}</option>}
          {queues.map((queue) => (
            <option key={queue.name} value={queue.name}>
              {queue.name}: {queueText(queue)}
            </option>
          ))}
        </select>
      )}
    </FormField>
  );
}

interface SwitchProps extends PartProps {
  readonly name: 'archive' | 'archiveOnAppError';
  readonly label: string;
}

function Switch({ name, label, draft, onChange, problems }: SwitchProps) {
  return (
    <FormField label={label} problems={problems.get(name)} isInline>
      {(control) => (
        <input
          {...control}
          type="checkbox"
          name={name}
          checked={isOn(draft, name)}
          onChange={({ currentTarget }) => onChange(withField(draft, name, currentTarget.checked))}
        />
      )}
    </FormField>
  );
}

/** Left out, output is archived, and not when the program failed. */
function isOn(draft: Draft, name: SwitchProps['name']): boolean {
  const value = draft[name] ?? name === 'archive';
  return value === true || value === 'true';
}
