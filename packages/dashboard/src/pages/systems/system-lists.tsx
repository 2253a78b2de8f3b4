import type { CredentialView, SystemHistoryEntry, SystemRoleView } from '@arras/contract';
import type { ComponentChildren } from 'preact';
import { call } from '../../api/call.ts';
import type { Read } from '../../store/loader.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { readSystemHistory } from './read-systems.ts';

/** Newest entries of a history that are shown at once. */
const MOST_SHOWN = 50;

/** Who may use a system. */
export function SystemRoles({ id }: { readonly id: string }) {
  return (
    <ListSection<SystemRoleView>
      id={id}
      title="Roles"
      read={(signal) => call('listSystemRoles', { params: { id }, query: { limit: 250 }, signal })}
      none="Nobody has a role."
    >
      {({ username, role }) => (
        <li key={username}>
          <bdi>{username}</bdi> <strong>{role}</strong>
        </li>
      )}
    </ListSection>
  );
}

/** What the service proves itself with: kinds and users, never the secrets. */
export function SystemCredentials({ id }: { readonly id: string }) {
  return (
    <ListSection<CredentialView>
      id={id}
      title="Credentials"
      read={(signal) => call('listSystemCredentials', { params: { id }, signal })}
      none="None are kept: none are needed, or nobody has given any."
    >
      {({ connection, type, username, lastUpdated }) => (
        <li key={connection}>
          <strong>{connection}</strong> {type}
          {username !== null && (
            <>
              {' '}
              as <bdi>{username}</bdi>
            </>
          )}
          , given <RelativeTime at={lastUpdated} />
        </li>
      )}
    </ListSection>
  );
}

/** What happened to a system, newest first. */
export function SystemHistory({ id }: { readonly id: string }) {
  return (
    <ListSection<SystemHistoryEntry>
      id={id}
      title="History"
      read={async (signal) => (await readSystemHistory(id, signal)).toReversed().slice(0, MOST_SHOWN)}
      none="Nothing yet."
    >
      {({ seq, status, created, createdBy, description }) => (
        <li key={seq}>
          <RelativeTime at={created} /> <strong>{status}</strong> by <bdi>{createdBy}</bdi>: {description}
        </li>
      )}
    </ListSection>
  );
}

interface ListSectionProps<Row> {
  readonly id: string;
  readonly title: string;
  readonly read: Read<readonly Row[]>;
  readonly none: string;
  readonly children: (row: Row) => ComponentChildren;
}

function ListSection<Row>({ id, title, read, none, children }: ListSectionProps<Row>) {
  const { state, refresh } = useCall(read, [id]);
  const { value, failure } = state;
  const heading = `system-${title.toLowerCase()}`;
  // Roles and credentials are for those who manage the system.
  const isForbidden = failure?.facts.status === 403;
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {state.kind === 'loading' && <Loading />}
      {isForbidden && <p>Only those who manage the system see this.</p>}
      {failure !== null && !isForbidden && <FailureBox failure={failure} onRetry={refresh} />}
      {value?.length === 0 && <p>{none}</p>}
      {value !== null && value.length > 0 && <ul class="system-list">{value.map(children)}</ul>}
    </section>
  );
}
