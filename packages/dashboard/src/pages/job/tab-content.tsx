import type { HistoryEntry, JobView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { ErrorBoundary } from '../../routing/error-boundary.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import type { JobTab } from './job-tabs.ts';
import { TimelinePart } from './timeline/timeline-part.tsx';
import { TransfersTab } from './transfers/transfers-tab.tsx';

/** What every tab is given. */
export interface TabProps {
  readonly job: JobView;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** Tabs whose code is loaded when they are shown first: whoever looks at a job needs few of them. */
const LAZY = {
  logs: async () => (await import('./logs/logs-tab.tsx')).LogsTab,
  outputs: async () => (await import('./outputs/outputs-tab.tsx')).OutputsTab,
  notifications: async () => (await import('./notifications/notifications-part.tsx')).NotificationsPart,
  permissions: async () => (await import('./permissions/permissions-tab.tsx')).PermissionsTab,
  json: async () => (await import('./json/json-tab.tsx')).JsonTab,
} as const satisfies Partial<Record<JobTab, () => Promise<ComponentType<TabProps>>>>;

/** What a tab shows. One that fails leaves the rest of the page alone. */
export function TabContent({ tab, ...props }: TabProps & { readonly tab: JobTab }) {
  return (
    <ErrorBoundary>
      {tab === 'timeline' ? (
        <TimelinePart {...props} />
      ) : tab === 'transfers' ? (
        <TransfersTab {...props} />
      ) : (
        <LazyTab load={LAZY[tab]} {...props} />
      )}
    </ErrorBoundary>
  );
}

interface LazyTabProps extends TabProps {
  readonly load: () => Promise<ComponentType<TabProps>>;
}

function LazyTab({ load, ...props }: LazyTabProps) {
  const loaded = useSignal<ComponentType<TabProps> | null>(null);
  const hasFailed = useSignal(false);
  useEffect(() => {
    load().then(
      (component) => (loaded.value = component),
      // The service may have been updated since: then the old code is gone.
      () => (hasFailed.value = true),
    );
  }, [load]);
  if (hasFailed.value)
    return <EmptyState title="The code of this part could not be loaded. Load the page anew." />;
  if (loaded.value === null) return <Loading />;
  const Content = loaded.value;
  return <Content {...props} />;
}
