import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { query, setQuery } from '../../routing/place.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { type CompiledList, compileList } from './compile-list.ts';
import { readShownView, type SavedView, type ShownView } from './saved-views.ts';

/** The filter of the address. */
export interface Filter {
  readonly text: string;
  readonly shown: ShownView;
  /** Of the text, or what is wrong with it. */
  readonly compiled: CompiledList;
  /** Of the last text that could be read: what the list still shows. */
  readonly sound: Extract<CompiledList, { readonly ok: true }>;
  readonly change: (text: string) => void;
}

/** The filter that the address says; every change of it changes the address. */
export function useFilter(views: readonly SavedView[], username: string): Filter {
  const address = { q: query.value.get('q'), view: query.value.get('view') };
  const shown = readShownView(address, views);
  // The address is not for half-written blanks at the end, but the box is.
  const typed = useSignal<string | null>(null);
  const text = typed.value?.trim() === shown.filter.trim() ? typed.value : shown.filter;
  const compiled = useMemo(
    () => compileList(text, { now: new Date(serverNowMs()), username }),
    [text.trim(), username],
  );
  const sound = useRef(nothing(username));
  if (compiled.ok) sound.current = compiled;
  return {
    text,
    shown,
    compiled,
    sound: sound.current,
    change: (next) => {
      typed.value = next;
      const filter = next.trim();
      if (filter === '') setQuery({ q: null, view: null });
      else setQuery({ q: shown.view?.filter === filter ? null : filter });
    },
  };
}

function nothing(username: string): Filter['sound'] {
  const compiled = compileList('', { now: new Date(0), username });
  if (!compiled.ok) throw new Error('expected an empty filter to be sound');
  return compiled;
}
