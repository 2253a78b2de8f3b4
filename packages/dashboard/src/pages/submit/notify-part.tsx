import type { PartProps } from './app-part.tsx';
import { FormField } from './form-field.tsx';
import { type Draft, textOf, withField } from './request-edits.ts';

/** Who is told of the job, and of what. */
export function NotifyPart({ draft, onChange, problems }: PartProps) {
  const rows = subscriptionsOf(draft);
  const put = (next: readonly Subscription[]) =>
    onChange(withField(draft, 'notifications', next.length === 0 ? undefined : next));
  const change = (index: number, part: Subscription) =>
    put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset class="submit-part">
      <legend>Notifications</legend>
      {rows.map((row, index) => (
        <div key={index} class="submit-row">
          <FormField
            label={`Address ${index + 1}`}
            description="web address or e-mail address"
            isRequired
            problems={[...(problems.get(`notifications.${index}`) ?? [])]}
          >
            {(control) => (
              <input
                {...control}
                type="text"
                autocomplete="off"
                spellcheck={false}
                value={textOf(row['url'])}
                onInput={({ currentTarget: { value } }) => change(index, { url: value })}
              />
            )}
          </FormField>
          <FormField
            label={`Event ${index + 1}`}
            description="such as FINISHED; * for every one"
            problems={undefined}
          >
            {(control) => (
              <input
                {...control}
                type="text"
                autocomplete="off"
                spellcheck={false}
                value={textOf(row['event'])}
                onInput={({ currentTarget: { value } }) => change(index, { event: value })}
              />
            )}
          </FormField>
          <FormField label={`Every time ${index + 1}`} problems={undefined} isInline>
            {(control) => (
              <input
                {...control}
                type="checkbox"
                checked={row['persistent'] === true}
                onChange={({ currentTarget: { checked } }) => change(index, { persistent: checked })}
              />
            )}
          </FormField>
          <button
            type="button"
            class="button submit-remove"
            onClick={() => put(rows.filter((_, at) => at !== index))}
          >
            Remove<span class="visually-hidden"> address {index + 1}</span>
          </button>
        </div>
      ))}
      <p>
        <button
          type="button"
          class="button"
          onClick={() => put([...rows, { url: '', event: '*', persistent: true }])}
        >
          Tell somebody
        </button>
      </p>
    </fieldset>
  );
}

type Subscription = Readonly<Record<string, unknown>>;

/** The paths under which problems of the subscriptions of a draft are said. */
export function notifyFields(draft: Draft): readonly string[] {
  return subscriptionsOf(draft).map((_, index) => `notifications.${index}`);
}

function subscriptionsOf(draft: Draft): readonly Subscription[] {
  const { notifications } = draft;
  if (!Array.isArray(notifications)) return [];
  return notifications.filter((row): row is Subscription => typeof row === 'object' && row !== null);
}
