import { type SshHost, SshUnavailable } from '../ssh/ssh-host.ts';
import { REMOTE_COMMAND_LINE } from './remote-command.ts';
import { createRemoteShell, type RemoteTransport } from './remote-shell.ts';
import { type Shell, ShellUnreachable } from './shell.ts';

/** The shell of a host that is entered over SSH. Closing it leaves the host open: it may serve a storage as well. */
export function createSshShell(host: Pick<SshHost, 'withChannel'>): Shell {
  return createRemoteShell(sshTransport(host));
}

function sshTransport(host: Pick<SshHost, 'withChannel'>): RemoteTransport {
  return {
    withChannel: async (work, options) => {
      try {
        return await host.withChannel(REMOTE_COMMAND_LINE, work, options);
      } catch (error) {
        if (error instanceof SshUnavailable) throw new ShellUnreachable(error.message, { cause: error });
        throw error;
      }
    },
    close: async () => {},
  };
}
