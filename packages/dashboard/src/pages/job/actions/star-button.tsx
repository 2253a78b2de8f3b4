import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { star, starred } from '../../../starred/starred-jobs.ts';
import { say } from '../../../ui/toasts.tsx';

const ANSWERS = {
  granted: 'The browser tells you when this job ends, as long as a page of this service is open.',
  denied: 'Starred. The browser does not let this page tell you; its settings for this site can.',
  default: 'Starred. The browser was not allowed to tell you of the end.',
  unsupported: 'Starred. Over this connection the browser cannot tell you of the end; it needs HTTPS.',
} as const;

/** Stars a job: the browser tells of its end. */
export function StarButton({ id }: { readonly id: string }) {
  const isOn = starred.value.includes(id);
  const toggle = async () => {
    const answer = await star(id);
    if (starred.value.includes(id)) say(ANSWERS[answer]);
  };
  useShortcuts({ s: { label: 'Star the job', run: () => void toggle() } });
  return (
    <button
      type="button"
      class="button"
      aria-pressed={isOn}
      title="Be told by the browser when the job ends"
      onClick={() => void toggle()}
    >
      <span aria-hidden="true">{isOn ? '★' : '☆'}</span> Star
    </button>
  );
}
