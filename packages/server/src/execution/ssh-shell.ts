import type { ClientChannel } from 'ssh2';
import { type SshHost, SshUnavailable } from '../ssh/ssh-host.ts';
import { REMOTE_COMMAND_LINE } from './remote-command.ts';
import { createRemoteShell, type RemoteChannel, type RemoteTransport } from './remote-shell.ts';
import { type Shell, ShellUnreachable } from './shell.ts';

/** The shell of a host that is entered over SSH. Closing it leaves the host open: it may serve a storage as well. */
export function createSshShell(host: SshHost): Shell {
  return createRemoteShell(sshTransport(host));
}

function sshTransport(host: SshHost): RemoteTransport {
  return {
    withChannel: async (work, options) => {
      try {
        return await host.withChannel(
          REMOTE_COMMAND_LINE,
          (channel) => work(toRemoteChannel(channel)),
          options,
        );
      } catch (error) {
        if (error instanceof SshUnavailable) throw new ShellUnreachable(error.message, { cause: error });
        throw error;
      }
    },
    close: async () => {},
  };
}

function toRemoteChannel(channel: ClientChannel): RemoteChannel {
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    ended: new Promise((resolve) => channel.once('close', resolve)),
  };
}
