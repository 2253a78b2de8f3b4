import { session } from '../../session/session.ts';
import { useCall } from '../../store/use-call.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { HealthBadge } from './health-badge.tsx';
import { HealthParts } from './health-parts.tsx';
import { LoadLinks } from './load-links.tsx';
import { type ListedSystem, readSystems, type SystemState } from './read-systems.ts';
import { ServiceLoadPanel } from './service-load.tsx';
import { systemFacts } from './system-facts.ts';
import { useLooks } from './use-looks.ts';
import '../../ui/status-badge.css';
import './systems.css';

/** Every system that the user may see, as cards. */
export function Page() {
  const { state, refresh } = useCall(readSystems, []);
  useLooks(refresh);
  const { value, failure } = state;
  const isAdmin = session.value.kind === 'signed-in' && session.value.viewer.isAdmin;
  return (
    <>
      <h1>Systems</h1>
      {state.kind === 'loading' && <Loading what="Reading the systems" />}
      {failure !== null && <FailureBox failure={failure} onRetry={refresh} />}
      {value?.length === 0 && (
        <EmptyState title="There is no system yet." command="arras systems create -F system.json" />
      )}
      <ul class="system-cards" aria-label="Systems">
        {value?.map((each) => (
          <SystemCard key={each.system.id} state={each} />
        ))}
      </ul>
      {isAdmin && <ServiceLoadPanel />}
    </>
  );
}

function SystemCard({ state: { system, since, load } }: { readonly state: SystemState<ListedSystem> }) {
  const { id, name, description } = system;
  return (
    <li class="system-card">
      <header>
        <h2>
          <a href={`/ui/systems/${encodeURIComponent(id)}`}>
            <bdi>{id}</bdi>
          </a>
        </h2>
        <HealthBadge system={system} since={since} />
      </header>
      <p>
        <bdi>{name}</bdi>
        {description !== null && description !== '' && <> · {description}</>}
      </p>
      <p class="system-card-facts">{systemFacts(system).join(' · ')}</p>
      {load !== null && (
        <p>
          <LoadLinks id={id} load={load} />
        </p>
      )}
      <HealthParts parts={system.health?.parts ?? []} />
    </li>
  );
}
