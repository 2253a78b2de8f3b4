import type { JobPermission, JobPermissionView, JobView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { call } from '../../../api/call.ts';
import { tryCall } from '../../../api/try-call.ts';
import { useCall } from '../../../store/use-call.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { say } from '../../../ui/toasts.tsx';
import './permissions.css';

/** What can be granted, in words; NONE is a revocation, which has a button of its own. */
const GRANTS = {
  READ: 'see it, its logs and outputs',
  READ_WRITE: 'see and change it',
  READ_EXECUTE: 'see it and run what it allows',
  ALL: 'everything',
} as const satisfies Partial<Record<JobPermission, string>>;

/** Who may see or change a job; shares it, and takes it back. */
export function PermissionsTab({ job }: { readonly job: Pick<JobView, 'id' | 'owner'> }) {
  const { id, owner } = job;
  const { state, refresh } = useCall(
    (signal) => call('listJobPermissions', { params: { id }, signal }),
    [id],
  );
  const revoke = async (username: string) => {
    const done = await tryCall(async () => {
      await call('revokeJobPermission', { params: { id, username } });
      return true;
    });
    if (done === null) return;
    say(`${username} has no permission on this job any more.`);
    refresh();
  };
  if (state.kind === 'loading') return <Loading what="Reading the permissions" />;
  if (state.kind === 'failed' && state.value === null)
    return <FailureBox failure={state.failure} onRetry={refresh} />;
  const rows = state.value ?? [];
  return (
    <div class="permissions">
      <table class="permissions-table">
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">May</th>
            <th scope="col">
              <span class="visually-hidden">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.username}>
              <th scope="row">
                <bdi>{row.username}</bdi>
                {row.username === 'world' && ' (everybody who is signed in)'}
              </th>
              <td>{describe(row)}</td>
              <td>
                {row.username !== owner && (
                  <button type="button" class="button" onClick={() => void revoke(row.username)}>
                    Revoke<span class="visually-hidden"> what {row.username} may</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <GrantForm id={id} onGranted={refresh} />
    </div>
  );
}

function describe({ permission: { read, write, execute } }: JobPermissionView): string {
  const words = [read && 'read', write && 'write', execute && 'execute'].filter((word) => word !== false);
  return words.length === 0 ? 'nothing' : words.join(', ');
}

interface GrantFormProps {
  readonly id: string;
  readonly onGranted: () => void;
}

function GrantForm({ id, onGranted }: GrantFormProps) {
  const username = useSignal('');
  const permission = useSignal<JobPermission>('READ');
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = { username: username.value.trim(), permission: permission.value };
    const granted = await tryCall(() => call('grantJobPermission', { params: { id }, body }));
    if (granted === null) return;
    say(`${granted.username} may now ${describe(granted)}.`);
    username.value = '';
    onGranted();
  };
  const command = `arras jobs pems grant ${id} USER ${permission.value}`;
  return (
    <form class="permissions-form" onSubmit={(event) => void submit(event)}>
      <h3>Share this job</h3>
      <label>
        <span>
          User, or <code>world</code> for everybody who is signed in
        </span>
        <input
          id="permissions-user"
          required
          maxLength={32}
          autocomplete="off"
          value={username.value}
          onInput={({ currentTarget }) => (username.value = currentTarget.value)}
        />
      </label>
      <label>
        May
        <select
          value={permission.value}
          onChange={({ currentTarget }) => (permission.value = toPermission(currentTarget.value))}
        >
          {Object.entries(GRANTS).map(([word, what]) => (
            <option key={word} value={word}>
              {word}: {what}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button button-primary">
        Share
      </button>
      <p class="permissions-command">
        <code>{command}</code> <CopyButton text={command} label="command" />
      </p>
    </form>
  );
}

function toPermission(word: string): JobPermission {
  return Object.hasOwn(GRANTS, word) ? (word as keyof typeof GRANTS) : 'READ';
}
