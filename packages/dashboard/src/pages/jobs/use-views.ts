import { PAGE_SIZE } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { navigate } from '../../routing/place.ts';
import { noteFailure } from '../../session/session.ts';
import { useCall } from '../../store/use-call.ts';
import { say, sayFailure } from '../../ui/toasts.tsx';
import { applyChanges, listViews, type SavedView } from './saved-views.ts';

/** The views, and what can be done to the user's own. */
export interface Views {
  readonly views: readonly SavedView[];
  /** False until the service has named the user's own. */
  readonly areKnown: boolean;
  /** Saves a filter under a name and shows it. False when the service refuses, which is said. */
  readonly save: (name: string, filter: string) => Promise<boolean>;
  readonly remove: (name: string) => Promise<void>;
}

/** The views of everybody and the user's own, which the service keeps. */
export function useViews(): Views {
  const { state, refresh } = useCall(
    (signal) => call('listSavedFilters', { query: { limit: PAGE_SIZE.max }, signal }),
    [],
  );
  // What was changed here counts at once: a view is shown the moment that it is saved.
  const changed = useSignal<ReadonlyMap<string, string | null>>(new Map());
  const note = (name: string, filter: string | null) =>
    (changed.value = new Map(changed.peek()).set(name, filter));
  const tell = async (work: () => Promise<unknown>, then: string) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      noteFailure(error);
      sayFailure(error);
      return false;
    }
    refresh();
    navigate(then);
    return true;
  };
  return {
    views: listViews(applyChanges(state.value ?? [], changed.value)),
    areKnown: state.kind !== 'loading',
    save: (name, filter) =>
      tell(
        async () => {
          await call('saveFilter', { params: { name }, body: { filter: filter.trim() } });
          note(name, filter.trim());
        },
        `/ui/jobs?view=${encodeURIComponent(name)}`,
      ),
    remove: async (name) => {
      const isDone = await tell(async () => {
        await call('deleteSavedFilter', { params: { name } });
        note(name, null);
      }, '/ui/jobs');
      if (isDone) say(`Deleted the view ${name}.`);
    },
  };
}
