import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiFailure } from '../api/api-failure.ts';
import { call } from '../api/call.ts';
import { Loader } from '../store/loader.ts';
import { FailureBox } from '../ui/failure-box.tsx';
import { keepPlace } from './return-place.ts';
import { type Credentials, signIn } from './session.ts';
import './sign-in.css';

type Ways = Awaited<ReturnType<typeof readWays>>;

function readWays(signal: AbortSignal) {
  return call('listSignInWays', { signal });
}

/** Where people sign in: with a password, with a token, or where the service has one with its OpenID provider. */
export function SignIn() {
  const loader = useMemo(() => new Loader<Ways>(Date.now), []);
  const withToken = useSignal(false);
  useEffect(() => {
    document.title = 'Sign in · Arras';
    void loader.load(readWays);
    return () => loader.stop();
  }, []);
  const oidc = loader.state.value.value?.oidc ?? null;
  return (
    <main class="sign-in">
      <h1>
        <span aria-hidden="true">▦</span> Arras
      </h1>
      {oidc !== null && (
        <a class="button button-primary sign-in-oidc" href={oidc.href} onClick={keepPlace}>
          Sign in with {oidc.name}
        </a>
      )}
      {withToken.value ? <TokenForm /> : <PasswordForm />}
      <button type="button" class="button button-quiet" onClick={() => (withToken.value = !withToken.value)}>
        {withToken.value ? 'Use a password instead' : 'Use a token instead'}
      </button>
    </main>
  );
}

function PasswordForm() {
  return (
    <CredentialsForm
      read={(form) => ({ username: textOf(form, 'username'), password: textOf(form, 'password') })}
    >
      <label>
        User name
        <input name="username" autocomplete="username" autocapitalize="none" required autofocus />
      </label>
      <label>
        Password
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
    </CredentialsForm>
  );
}

function TokenForm() {
  return (
    <CredentialsForm read={(form) => ({ token: textOf(form, 'token').trim() })}>
      <label>
        Token
        <input name="token" type="password" autocomplete="off" required autofocus />
      </label>
      <p>
        <code>arras tokens create NAME</code> makes one.
      </p>
    </CredentialsForm>
  );
}

interface FormProps {
  readonly read: (form: FormData) => Credentials;
  readonly children: preact.ComponentChildren;
}

function CredentialsForm({ read, children }: FormProps) {
  const failure = useSignal<ApiFailure | null>(null);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    isBusy.value = true;
    failure.value = null;
    try {
      await signIn(read(new FormData(event.currentTarget)));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form class="sign-in-form" onSubmit={(event) => void submit(event)}>
      {failure.value !== null && <FailureBox failure={failure.value} />}
      {children}
      <button type="submit" class="button button-primary" disabled={isBusy.value}>
        Sign in
      </button>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
