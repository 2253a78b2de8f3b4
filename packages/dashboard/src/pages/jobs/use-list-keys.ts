import type { Signal } from '@preact/signals';
import { useShortcuts } from '../../keyboard/shortcuts.ts';
import { navigate } from '../../routing/place.ts';
import { readListKey } from './list-keys.ts';
import { selectTo, type Selection, toggleRow } from './selection.ts';
import { findNextJob, type TableLine } from './table-lines.ts';

/** What the keyboard moves. */
export interface ListKeys {
  readonly lines: readonly TableLine[];
  readonly order: readonly string[];
  readonly current: Signal<string | null>;
  readonly selection: Signal<Selection>;
  readonly focusFilter: () => void;
  readonly applyNews: () => void;
}

/** The keys of the list: single letters anywhere on the page, and arrows while the focus is in the rows. */
export function useListKeys(keys: ListKeys): (event: KeyboardEvent, pageRows: number) => void {
  const { lines, order, current, selection } = keys;
  const go = (step: number) => (current.value = findNextJob(lines, current.peek(), step));
  const select = (id: string, toHere: boolean) => {
    const { value } = selection;
    selection.value = toHere ? selectTo(value, id, order) : toggleRow(value, id);
  };
  const withCurrent = (work: (id: string) => void) => () => {
    if (current.peek() !== null) work(current.peek() ?? '');
  };
  useShortcuts({
    j: { label: 'Next job', run: () => go(1) },
    k: { label: 'Previous job', run: () => go(-1) },
    x: { label: 'Choose the job, or not', run: withCurrent((id) => select(id, false)) },
    Enter: { label: 'Open the job', run: withCurrent(openJob) },
    '/': { label: 'Write a filter', run: keys.focusFilter },
    u: { label: 'Show what is new', run: keys.applyNews },
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
