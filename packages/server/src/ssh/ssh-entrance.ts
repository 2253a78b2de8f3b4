import type { OpenSshEndpoint } from './openssh-config.ts';
import { createOpenSshHost } from './openssh-host.ts';
import { createSshHost } from './pooled-ssh-host.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import type { SshHost, SshHostOptions } from './ssh-host.ts';

/** How a host is entered: by the library, or by the system's `ssh` program. */
export type SshEntrance =
  | { readonly transport: 'BUILTIN'; readonly endpoint: SshEndpoint }
  | { readonly transport: 'OPENSSH'; readonly endpoint: OpenSshEndpoint };

/** Options of {@link openEntrance}. */
export interface EntranceOptions extends Pick<SshHostOptions, 'onState'> {
  /** Whether the library may connect to an IP address. The `ssh` program asks nobody: administrators name its hosts. */
  readonly isAllowedAddress: (address: string) => boolean;
  /** Where the `ssh` program's private directories are made. */
  readonly openSshDirectory: string;
}

/** Makes the host. Nothing is connected until it is needed. */
export function openEntrance(entrance: SshEntrance, options: EntranceOptions): SshHost {
  const { openSshDirectory: parentDirectory, isAllowedAddress, ...rest } = options;
  return entrance.transport === 'OPENSSH'
    ? createOpenSshHost(entrance.endpoint, { ...rest, parentDirectory })
    : createSshHost(entrance.endpoint, { ...rest, isAllowedAddress });
}
