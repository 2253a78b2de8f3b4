/** The tabs of a job's page, in their order, each with its keys. */
export const JOB_TABS = [
  { id: 'timeline', label: 'Timeline', keys: ['h', '1'] },
  { id: 'logs', label: 'Logs', keys: ['l', '2'] },
  { id: 'outputs', label: 'Outputs', keys: ['o', '3'] },
  { id: 'transfers', label: 'Transfers', keys: ['x', '4'] },
  { id: 'notifications', label: 'Notifications', keys: ['n', '5'] },
  { id: 'permissions', label: 'Permissions', keys: ['p', '6'] },
  { id: 'json', label: 'JSON', keys: ['i', '7'] },
] as const;

/** A tab of a job's page: `?tab=` of its address. */
export type JobTab = (typeof JOB_TABS)[number]['id'];

/** The tab that an address asks for; the timeline where it asks for none. */
export function parseTab(text: string | null): JobTab {
  return JOB_TABS.find(({ id }) => id === text)?.id ?? 'timeline';
}
