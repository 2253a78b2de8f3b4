import type { ExecutionSystemView, SystemView } from '@arras/contract';
import type { PageProps } from '../../routing/pages.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { CheckPanel } from './check-panel.tsx';
import { HealthBadge } from './health-badge.tsx';
import { HealthParts } from './health-parts.tsx';
import { LoadLinks } from './load-links.tsx';
import { QueueTable } from './queue-table.tsx';
import { readSystem, type SystemState } from './read-systems.ts';
import { SwitchButton } from './switch-button.tsx';
import { systemFacts } from './system-facts.ts';
import { healthOf } from './system-health.ts';
import { SystemCredentials, SystemHistory, SystemRoles } from './system-lists.tsx';
import { useLooks } from './use-looks.ts';
import '../../ui/status-badge.css';
import './systems.css';

/** One system: how it is, what is asked of it, who may use it, and a check step by step. */
export function Page({ params }: PageProps) {
  const id = params.id ?? '';
  usePageTitle(id);
  const { state, refresh } = useCall((signal) => readSystem(id, signal), [id]);
  useLooks(refresh);
  return (
    <>
      <p class="system-back">
        <a href="/ui/systems">Systems</a>
      </p>
      <h1>
        <bdi>{id}</bdi>
      </h1>
      {state.kind === 'loading' && <Loading what="Reading the system" />}
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {state.value !== null && <KnownSystem key={id} state={state.value} onChanged={refresh} />}
    </>
  );
}

interface KnownSystemProps {
  readonly state: SystemState;
  readonly onChanged: () => void;
}

function KnownSystem({ state: { system, since, load }, onChanged }: KnownSystemProps) {
  const { id, name } = system;
  return (
    <article class="system">
      <header class="system-head">
        <HealthBadge system={system} since={since} />
        <span>{healthOf(system).meaning}</span>
        <SwitchButton system={system} onChanged={onChanged} />
      </header>
      <p>
        <bdi>{name}</bdi> · {systemFacts(system).join(' · ')}
      </p>
      {load !== null && (
        <p>
          <LoadLinks id={id} load={load} />
        </p>
      )}
      <HealthParts parts={system.health?.parts ?? []} />
      <CheckPanel id={id} onChecked={onChanged} />
      {system.type === 'EXECUTION' && <Queues system={system} />}
      <Places system={system} />
      <SystemRoles id={id} />
      <SystemCredentials id={id} />
      <SystemHistory id={id} />
    </article>
  );
}

function Queues({ system }: { readonly system: ExecutionSystemView }) {
  return (
    <section aria-labelledby="system-queues">
      <h2 id="system-queues">Queues</h2>
      <QueueTable id={system.id} queues={system.queues} />
    </section>
  );
}

function Places({ system }: { readonly system: SystemView }) {
  const { storage } = system;
  const rows: readonly (readonly [string, string])[] = [
    ...(system.type === 'EXECUTION'
      ? ([
          ['Entered at', addressText(system.login)],
          ['Jobs work in', system.scratchDir || system.workDir || storage.homeDir],
        ] as const)
      : []),
    ['Files at', addressText(storage)],
    ['Root directory', storage.rootDir],
    ['Home directory', storage.homeDir],
  ];
  return (
    <section aria-labelledby="system-places">
      <h2 id="system-places">Places</h2>
      <dl class="system-places">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <code>
                <bdi>{value}</bdi>
              </code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Address {
  readonly protocol: string;
  readonly host: string | null;
  readonly port: number | null;
}

function addressText({ protocol, host, port }: Address): string {
  return `${protocol}${host === null ? '' : ` ${host}`}${port === null ? '' : `:${port}`}`;
}
