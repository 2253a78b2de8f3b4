import type { OpenSshEndpoint } from '../../packages/server/src/execution/openssh-config.ts';
import {
  createOpenSshShell,
  type OpenSshShellOptions,
} from '../../packages/server/src/execution/openssh-shell.ts';
import type { Shell } from '../../packages/server/src/execution/shell.ts';
import { createSshShell } from '../../packages/server/src/execution/ssh-shell.ts';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshEndpoint } from '../../packages/server/src/ssh/ssh-endpoint.ts';
import type { SshHostOptions } from '../../packages/server/src/ssh/ssh-host.ts';

/** A shell over the library; closing it closes its host. */
export function openSsh2Shell(endpoint: SshEndpoint, options: SshHostOptions = {}): Shell {
  const host = createSshHost(endpoint, options);
  const shell = createSshShell(host);
  return {
    ...shell,
    close: async () => {
      await shell.close();
      await host.close();
    },
  };
}

/** A shell over the system's ssh program. */
export function openOpenSshShell(endpoint: SshEndpoint, options: OpenSshShellOptions = {}): Shell {
  return createOpenSshShell(toOpenSsh(endpoint), options);
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
