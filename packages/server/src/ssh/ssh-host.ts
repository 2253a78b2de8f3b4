import type { ClientChannel, SFTPWrapper } from 'ssh2';

/** Why a host cannot be used now. Nothing is known about what was asked of it. */
export class SshUnavailable extends Error {
  override readonly name = 'SshUnavailable';
  /** Which step of entering the host failed, for the check of a system and for its users. */
  readonly step: 'resolve' | 'connect' | 'host-key' | 'authenticate' | 'channel' | 'resting';

  constructor(step: SshUnavailable['step'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
  }
}

/**
 * One host, entered over a few shared connections that are made when needed and kept for a while. Everything rejects
 * with {@link SshUnavailable} when the host cannot be used; after failures it rests, and says so, before it is tried
 * again.
 */
export interface SshHost {
  /** Runs `work` with a channel that executes a command line, and ends the channel afterwards. */
  withChannel<T>(commandLine: string, work: (channel: ClientChannel) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs `work` with an SFTP session; sessions are shared and reused. */
  withSftp<T>(work: (sftp: SFTPWrapper) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}
