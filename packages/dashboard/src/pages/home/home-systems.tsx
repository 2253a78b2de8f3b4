import { PAGE_SIZE } from '@arras/contract';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { findTrouble } from './system-trouble.ts';

/** Systems send no events to Home: they are looked at this often while it is seen, in milliseconds. */
const EVERY_MS = 30_000;

/** The systems that take no jobs, or do not answer. */
export function HomeSystems() {
  const { state, refresh } = useCall(
    async (signal) => findTrouble(await call('listSystems', { query: { limit: PAGE_SIZE.max }, signal })),
    [],
  );
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, failure } = state;
  return (
    <section class="home-section" aria-labelledby="home-systems">
      <h2 id="home-systems">
        Systems in trouble {value !== null && <span class="home-count">{value.length}</span>}
      </h2>
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value?.length === 0 && <p class="home-none">All systems answer.</p>}
      <ul class="home-jobs">
        {value?.map(({ id, why }) => (
          <li key={id}>
            <span aria-hidden="true">✗ </span>
            <a href={`/ui/systems/${encodeURIComponent(id)}`}>
              <bdi>{id}</bdi>
            </a>{' '}
            {why}
          </li>
        ))}
      </ul>
    </section>
  );
}
