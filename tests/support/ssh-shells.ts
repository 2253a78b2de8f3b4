import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createSshShell } from '../../packages/server/src/execution/ssh-shell.ts';
import type { OpenSshEndpoint } from '../../packages/server/src/ssh/openssh-config.ts';
import { createOpenSshHost, type OpenSshHostOptions } from '../../packages/server/src/ssh/openssh-host.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import type { SshHost, SshHostOptions } from '../../packages/server/src/ssh/ssh-host.ts';

/** A shell over the library; closing it closes its host. */
export function openSsh2Shell(endpoint: SshEndpoint, options: SshHostOptions = {}): Shell {
  return shellOf(createSshHost(endpoint, options));
}

/** A shell over the system's ssh program. */
export function openOpenSshShell(endpoint: SshEndpoint, options: OpenSshHostOptions = {}): Shell {
  return shellOf(createOpenSshHost(toOpenSsh(endpoint), options));
}

/** A shell that closes its host. */
export function shellOf(host: SshHost): Shell {
  const shell = createSshShell(host);
  return {
    ...shell,
    close: async () => {
      await shell.close();
      await host.close();
    },
  };
}

/** The same endpoint for the system's ssh program, which takes keys only. */
export function toOpenSsh(endpoint: SshEndpoint): OpenSshEndpoint {
  const { auth, via } = endpoint;
  if (auth.kind !== 'key') throw new Error('expected a key');
  return {
    ...endpoint,
    auth: { kind: 'key', privateKey: auth.privateKey, certificate: null },
    via: via === null ? null : toOpenSsh(via),
  };
}
