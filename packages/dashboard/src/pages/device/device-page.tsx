import type { DeviceSignInView } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { query, setQuery } from '../../routing/place.ts';
import { noteFailure, session } from '../../session/session.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { formatDuration } from '../../ui/quantities.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import './device-page.css';

/** A program on another machine asks to be signed in: its user says yes or no here. */
export function Page() {
  usePageTitle('Sign in a program');
  const code = query.value.get('code') ?? '';
  return (
    <div class="device">
      <h1>Sign in a program</h1>
      {code === '' ? <CodeForm /> : <Asked key={code} code={code} />}
    </div>
  );
}

function CodeForm() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const code = new FormData(event.currentTarget).get('code');
    if (typeof code === 'string') setQuery({ code: code.trim() });
  };
  return (
    <form class="device-form" onSubmit={submit}>
      <label>
        Code that the program shows
        <input
          class="mono"
          name="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          placeholder="WDJB-MJHT"
          required
          autofocus
        />
      </label>
      <button type="submit" class="button button-primary">
        Go on
      </button>
    </form>
  );
}

type Decision = 'APPROVE' | 'REFUSE';

function Asked({ code }: { readonly code: string }) {
  const decided = useSignal<Decision | null>(null);
  const { state } = useCall((signal) => call('showDeviceSignIn', { params: { code }, signal }), [code]);
  if (decided.value !== null) return <Decided decision={decided.value} />;
  return (
    <>
      {state.kind === 'loading' && <Loading what="Looking for the program" />}
      {state.value === null && state.failure !== null && (
        <>
          <FailureBox failure={state.failure} />
          <p>
            <button type="button" class="button" onClick={() => setQuery({ code: null })}>
              Type another code
            </button>
          </p>
        </>
      )}
      {state.value !== null && (
        <Question asked={state.value} onDecided={(decision) => (decided.value = decision)} />
      )}
    </>
  );
}

function Decided({ decision }: { readonly decision: Decision }) {
  return (
    <p role="status">
      {decision === 'APPROVE'
        ? 'The program is signed in; it goes on by itself in a few seconds. You can close this page.'
        : 'The program was refused. You can close this page.'}
    </p>
  );
}

interface QuestionProps {
  readonly asked: DeviceSignInView;
  readonly onDecided: (decision: Decision) => void;
}

function Question({ asked, onDecided }: QuestionProps) {
  const failure = useSignal<ApiFailure | null>(null);
  const isBusy = useSignal(false);
  const decide = async (decision: Decision) => {
    isBusy.value = true;
    failure.value = null;
    try {
      await call('decideDeviceSignIn', { params: { code: asked.userCode }, body: { decision } });
      onDecided(decision);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      noteFailure(error);
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <section aria-label="The program that asks">
      <p>
        Does the program show this code? <strong class="device-code mono">{asked.userCode}</strong>
      </p>
      <Facts asked={asked} />
      <p>Approve only what you have just begun yourself: whoever holds the program will act as you.</p>
      {failure.value !== null && <FailureBox failure={failure.value} />}
      <div class="device-choice">
        <button
          type="button"
          class="button button-primary"
          disabled={isBusy.value}
          onClick={() => void decide('APPROVE')}
        >
          Approve
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={isBusy.value}
          onClick={() => void decide('REFUSE')}
        >
          Refuse
        </button>
      </div>
    </section>
  );
}

function Facts({ asked }: { readonly asked: DeviceSignInView }) {
  const { client, address, scopes, lifetimeSeconds, created } = asked;
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer.username : '';
  return (
    <dl class="device-facts">
      <div>
        <dt>Program</dt>
        <dd>
          <bdi>{client}</bdi>
        </dd>
      </div>
      <div>
        <dt>Asks from</dt>
        <dd>
          <bdi>{address}</bdi>, <RelativeTime at={created} />
        </dd>
      </div>
      <div>
        <dt>Will act as</dt>
        <dd>
          <bdi>{viewer}</bdi>
        </dd>
      </div>
      <div>
        <dt>And may</dt>
        <dd>{scopes === null ? 'do everything that you may' : scopes.join(', ')}</dd>
      </div>
      <div>
        <dt>For</dt>
        <dd>{formatDuration(lifetimeSeconds)}, unless you revoke it before</dd>
      </div>
    </dl>
  );
}
