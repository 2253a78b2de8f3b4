import { PAGE_SIZE, type SystemHistoryEntry, type SystemView } from '@arras/contract';
import { call } from '../../api/call.ts';
import type { SystemFacts } from './system-facts.ts';
import { type JudgedSystem, loadOf, type SystemLoad, sinceWhen } from './system-health.ts';

/** A system with what its card says. */
export interface SystemState<Known = SystemView> {
  readonly system: Known;
  /** Since when it is as it is; null: not known. */
  readonly since: string | null;
  /** Of its jobs that the user may see; null for storage systems. */
  readonly load: SystemLoad | null;
}

/** What of a system its card shows. */
export type ListedSystem = SystemFacts &
  Pick<SystemView, 'id' | 'name' | 'description' | 'status' | 'available' | 'health'>;

/** The columns of a listing do not name the scheduler: with a filter the rows are made of whole systems. */
const FILTER =
  'id,name,description,status,available,health,type,default,globalDefault,public,owner,scheduler,login.protocol,storage.protocol';

/** Systems that are read at the same time: a browser has six connections, and the page needs others. */
const AT_ONCE = 2;

/** The systems that the user may see, by name. @throws ApiFailure */
export async function readSystems(signal: AbortSignal): Promise<readonly SystemState<ListedSystem>[]> {
  const query = { limit: PAGE_SIZE.max, orderBy: 'id', order: 'asc', filter: FILTER } as const;
  const rows: unknown = await call('listSystems', { query, signal });
  // The types know only the columns of a listing without a filter.
  const systems = rows as readonly ListedSystem[];
  const states: SystemState<ListedSystem>[] = [];
  for (let first = 0; first < systems.length; first += AT_ONCE)
    states.push(
      ...(await Promise.all(
        systems.slice(first, first + AT_ONCE).map((system) => readState(system, signal)),
      )),
    );
  return states;
}

/** A system with everything that its card says. @throws ApiFailure */
export async function readSystem(id: string, signal: AbortSignal): Promise<SystemState> {
  return readState(await call('showSystem', { params: { id }, signal }), signal);
}

async function readState<Known extends Pick<SystemView, 'id' | 'type'> & JudgedSystem>(
  system: Known,
  signal: AbortSignal,
): Promise<SystemState<Known>> {
  const [history, counts] = await Promise.all([
    readSystemHistory(system.id, signal),
    system.type === 'STORAGE' ? null : call('countJobs', { query: { executionSystem: system.id }, signal }),
  ]);
  return { system, since: sinceWhen(system, history), load: counts === null ? null : loadOf(counts) };
}

/** All that happened to a system, oldest first. @throws ApiFailure */
export async function readSystemHistory(
  id: string,
  signal: AbortSignal,
): Promise<readonly SystemHistoryEntry[]> {
  const history: SystemHistoryEntry[] = [];
  for (;;) {
    const query = { limit: PAGE_SIZE.max, offset: history.length };
    const page = await call('listSystemHistory', { params: { id }, query, signal });
    history.push(...page);
    if (page.length < PAGE_SIZE.max) return history;
  }
}
