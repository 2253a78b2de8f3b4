import { useSignal } from '@preact/signals';
import { jobStore } from '../../store/jobs.ts';
import { BulkBar } from './bulk-bar.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import type { BulkAction } from './bulk-plan.ts';
import { NOTHING_SELECTED } from './selection.ts';
import type { JobsPageState } from './use-jobs-page.ts';

/** What can be done to the jobs that are chosen; nothing as long as none is. */
export function ListBulk({ page, viewer }: { readonly page: JobsPageState; readonly viewer: string }) {
  const { list, selection, selectAll } = page;
  const acting = useSignal<BulkAction | null>(null);
  const { ids } = selection.value;
  const { counts, pages } = list.state.value;
  if (ids.size === 0 && acting.value === null) return null;
  return (
    <>
      {ids.size > 0 && (
        <BulkBar
          count={ids.size}
          total={counts === null ? null : pages.total}
          onAct={(action) => (acting.value = action)}
          onSelectAll={() => void selectAll()}
          onClear={() => (selection.value = NOTHING_SELECTED)}
        />
      )}
      {acting.value !== null && (
        <BulkDialog
          action={acting.value}
          jobs={[...ids].flatMap((id) => jobStore.peek(id) ?? [])}
          viewer={viewer}
          onClose={() => (acting.value = null)}
          onActed={() => {
            selection.value = NOTHING_SELECTED;
            void list.refresh();
          }}
        />
      )}
    </>
  );
}
