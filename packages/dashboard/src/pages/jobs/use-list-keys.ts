import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { navigate } from '../../routing/place.ts';
import { readListKey } from './list-keys.ts';
import { findNextJob } from './table-lines.ts';
import type { JobsPageState } from './use-jobs-page.ts';

/** The keys of the list: single letters anywhere on the page, and arrows while the focus is in the rows. */
export function useListKeys(
  { lines: { all: lines }, current, select, showNews }: JobsPageState,
  focusFilter: () => void,
): (event: KeyboardEvent, pageRows: number) => void {
  const go = (step: number) => (current.value = findNextJob(lines, current.peek(), step));
  const withCurrent = (work: (id: string) => void) => () => {
    if (current.peek() !== null) work(current.peek() ?? '');
  };
  useShortcuts({
    j: { label: 'Next job', run: () => go(1) },
    k: { label: 'Previous job', run: () => go(-1) },
    x: { label: 'Choose the job, or not', run: withCurrent((id) => select(id, false)) },
    Enter: { label: 'Open the job', run: withCurrent(openJob) },
    '/': { label: 'Write a filter', run: focusFilter },
    u: { label: 'Show what is new', run: showNews },
  });
  return (event, pageRows) => {
    // Headings, boxes and links in the table have keys of their own.
    if (event.target !== event.currentTarget) return;
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const pressed = { key, shiftKey, hasModifier: ctrlKey || metaKey || altKey, pageRows };
    const action = readListKey(pressed, lines, current.peek());
    if (action === null) return;
    event.preventDefault();
    if (action.kind === 'go') current.value = action.to;
    else withCurrent((id) => (action.kind === 'open' ? openJob(id) : select(id, action.toHere)))();
  };
}

/** Shows the page of a job. */
function openJob(id: string): void {
  navigate(`/ui/jobs/${encodeURIComponent(id)}`);
}
