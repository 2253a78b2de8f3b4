import type { ServiceLoad } from '@arras/contract';
import { call } from '../../api/call.ts';
import { useEvery } from '../../live/use-every.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { formatDuration } from '../../ui/quantities.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { loadFacts } from './load-facts.ts';

/** How often the numbers are read again while they are seen, in milliseconds; the service counts as often. */
const EVERY_MS = 5_000;

/** What the service itself has in hand, and whether it keeps up; for administrators only. */
export function ServiceLoadPanel() {
  const { state, refresh } = useCall((signal) => call('showLoad', { signal }), []);
  useEvery(EVERY_MS, refresh);
  const { value, failure } = state;
  return (
    <section class="service-load" aria-labelledby="service-load">
      <h2 id="service-load">The service</h2>
      {state.kind === 'loading' && <Loading />}
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value !== null && <Numbers load={value} />}
    </section>
  );
}

function Numbers({ load }: { readonly load: ServiceLoad }) {
  return (
    <>
      <dl class="service-load-facts">
        {loadFacts(load).map(({ term, value, isBad }) => (
          <div key={term} class={isBad ? 'service-load-bad' : ''}>
            <dt>{term}</dt>
            <dd>
              {isBad && <span aria-hidden="true">! </span>}
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <p class="service-load-as-of">
        As of <RelativeTime at={load.time} />. <code>arras load</code> shows the same, and{' '}
        <code>/metrics</code> for monitoring.
      </p>
      <Tasks tasks={load.tasks} />
      <Replicas replicas={load.replicas} />
    </>
  );
}

function Tasks({ tasks }: Pick<ServiceLoad, 'tasks'>) {
  return (
    <div class="system-scroll" role="region" aria-label="Tasks in the queue" tabIndex={0}>
      <table class="system-table service-load-table">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Due</th>
            <th scope="col">Oldest due</th>
            <th scope="col">Running</th>
            <th scope="col">Later</th>
            <th scope="col">Retries</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map(({ task, due, oldestDue, running, later, retries }) => (
            <tr key={task}>
              <th scope="row">{task}</th>
              <td>{due}</td>
              <td>{due === 0 ? '' : formatDuration(oldestDue)}</td>
              <td>{running}</td>
              <td>{later}</td>
              <td>{retries}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Replicas({ replicas }: Pick<ServiceLoad, 'replicas'>) {
  return (
    <div class="system-scroll" role="region" aria-label="Processes" tabIndex={0}>
      <table class="system-table service-load-table">
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col">Roles</th>
            <th scope="col">Last seen</th>
            <th scope="col">Jobs in hand</th>
            <th scope="col">Streams</th>
          </tr>
        </thead>
        <tbody>
          {replicas.map(({ id, roles, isAlive, lastSeen, leases, streams }) => (
            <tr key={id}>
              <th scope="row">
                <bdi>{id}</bdi>
              </th>
              <td>{roles.join(', ')}</td>
              <td>
                {!isAlive && '✗ silent since '}
                <RelativeTime at={lastSeen} />
              </td>
              <td>{leases}</td>
              <td>{streams.job + streams.jobs + streams.file}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
