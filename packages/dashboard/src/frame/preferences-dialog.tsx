import { prefer, preferences } from '../preferences/preferences.ts';
import { PREFERENCE_VALUES, type Preferences } from '../preferences/read-preferences.ts';
import { Dialog } from '../ui/dialog.tsx';

const QUESTIONS = {
  theme: ['Theme', { system: 'As the system', light: 'Light', dark: 'Dark' }],
  contrast: ['Contrast', { system: 'As the system', normal: 'Normal', high: 'High' }],
  timeZone: ['Exact times', { local: 'In my time zone', utc: 'UTC' }],
  shortcuts: ['Single-key shortcuts', { on: 'On', off: 'Off' }],
} as const satisfies {
  readonly [Key in keyof Preferences]: readonly [string, Readonly<Record<Preferences[Key], string>>];
};

/** What somebody can choose for this browser. */
export function PreferencesDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Preferences" onClose={onClose}>
      <Choice name="theme" />
      <Choice name="contrast" />
      <Choice name="timeZone" />
      <Choice name="shortcuts" />
      <p>They are kept in this browser.</p>
    </Dialog>
  );
}

function Choice({ name }: { readonly name: keyof Preferences }) {
  const [question, answers] = QUESTIONS[name];
  const labels: Readonly<Record<string, string>> = answers;
  const values: readonly string[] = PREFERENCE_VALUES[name];
  return (
    <fieldset class="frame-choice">
      <legend>{question}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={preferences.value[name] === value}
            onChange={() => prefer({ [name]: value })}
          />{' '}
          {labels[value]}
        </label>
      ))}
    </fieldset>
  );
}
