import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import type { SshAuth, SshEndpoint } from './ssh-endpoint.ts';
import { SshUnavailable } from './ssh-host.ts';
import { ssh2 } from './ssh-library.ts';

/**
 * Decides which proof a host is offered. A password is sent once, by the method that the host takes: a wrong one
 * that is tried twice at each connection would lock the account twice as fast.
 */
export function createAuthHandler(endpoint: SshEndpoint): AuthHandlerMiddleware {
  const { auth, username } = endpoint;
  return auth.kind === 'key' ? offerOnce(keyMethod(username, auth)) : offerPassword(username, auth.password);
}

function offerOnce(method: AnyAuthMethod): AuthHandlerMiddleware {
  let offered = false;
  return (_left, _partial, next) => {
    next((offered ? false : method) as AnyAuthMethod);
    offered = true;
  };
}

/** `none` first: its refusal names the methods that the host takes. */
function offerPassword(username: string, password: string): AuthHandlerMiddleware {
  let step: 'ask' | 'send' | 'done' = 'ask';
  return (left, _partial, next) => {
    if (step === 'ask') {
      step = 'send';
      return next({ type: 'none', username });
    }
    const method = step === 'send' ? passwordMethod(left ?? [], username, password) : null;
    step = 'done';
    return next((method ?? false) as AnyAuthMethod);
  };
}

function passwordMethod(
  accepted: readonly string[],
  username: string,
  password: string,
): AnyAuthMethod | null {
  if (accepted.includes('password')) return { type: 'password', username, password };
  if (!accepted.includes('keyboard-interactive')) return null;
  let asked = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      // One hidden question is the password's; a second round or a second question asks for something we lack.
      const isPassword = !asked && prompts.length === 1 && prompts[0]?.echo !== true;
      asked = true;
      finish(prompts.map(() => (isPassword ? password : '')));
    },
  };
}

function keyMethod(username: string, auth: SshAuth & { readonly kind: 'key' }): AnyAuthMethod {
  const parsed = ssh2.utils.parseKey(auth.privateKey, auth.passphrase ?? undefined);
  // Of the library's reasons none is passed on: they could quote what they read.
  if (parsed instanceof Error) {
    throw new SshUnavailable(
      'authenticate',
      'the private key cannot be read: unknown format or wrong passphrase',
    );
  }
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key?.isPrivateKey() !== true) throw new SshUnavailable('authenticate', 'the key is not a private key');
  return { type: 'publickey', username, key: withoutSha1(key) };
}

/** To a host that names no signatures it knows, the library would send an RSA key's proof with SHA-1. */
function withoutSha1(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const sign = key.sign.bind(key);
  return Object.assign(key, {
    sign: (data: Buffer | string, algorithm?: string) =>
      algorithm === 'sha1' ? new Error('the host takes RSA keys with SHA-1 only') : sign(data, algorithm),
  });
}
