import type { Readable, Writable } from 'node:stream';
import type { SftpClient } from './sftp-client.ts';

/** A step of entering a host, in their order; `resting`: after failures the host is left alone for a while. */
export type SshStep = 'resolve' | 'connect' | 'host-key' | 'authenticate' | 'channel' | 'resting';

/** Why a host cannot be used now. Nothing is known about what was asked of it. No message holds a secret. */
export class SshUnavailable extends Error {
  override readonly name = 'SshUnavailable';
  /** The same word as that of shells and storages: see `isUnreachable` of the domain. */
  readonly code = 'unreachable';
  /** Which step of entering the host failed, for the check of a system and for its users. */
  readonly step: SshStep;

  constructor(step: SshStep, message: string, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
  }
}

/** A running command on a host. */
export interface SshChannel {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves when nothing more will come. */
  readonly ended: Promise<unknown>;
  /** Ends it early; may be called again. */
  close(): void;
}

/** How a channel is treated beside others. */
export interface SshChannelOptions {
  readonly signal?: AbortSignal | undefined;
  /** May be closed early when others need the place and the host gives no more. Default: false. */
  readonly evictable?: boolean;
}

/**
 * One host, entered over a few shared connections that are made when needed and kept for a while. Everything rejects
 * with {@link SshUnavailable} when the host cannot be used; after failures it rests, and says so, before it is tried
 * again. A connection that is cut rejects what runs over it. Calls above what the host takes wait for each other.
 */
export interface SshHost {
  /**
   * Runs `work` with a channel that executes a command line, and ends the channel afterwards. Rejects with the
   * signal's reason when it aborts.
   */
  withChannel<T>(
    commandLine: string,
    work: (channel: SshChannel) => Promise<T>,
    options?: SshChannelOptions,
  ): Promise<T>;
  /** Runs `work` with an SFTP session; sessions are shared and reused: `work` must not end it. */
  withSftp<T>(work: (sftp: SftpClient) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Ends all connections; what runs over them rejects. */
  close(): Promise<void>;
}

/** Whether a host can be entered; told once per change. */
export type SshHostState =
  | { readonly kind: 'reachable' }
  | { readonly kind: 'unreachable'; readonly step: SshStep; readonly reason: string };

/** Options of `createSshHost`. */
export interface SshHostOptions {
  /** Called when the host stops or begins to be reachable, and when the failing step changes: one log line each. */
  readonly onState?: (state: SshHostState) => void;
  /** Whether an IP address may be connected to. Default: any. */
  readonly isAllowedAddress?: (address: string) => boolean;
  readonly limits?: Partial<SshLimits>;
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
  /** At least 0 and less than 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Times in milliseconds and counts of one host. */
export interface SshLimits {
  readonly connections: number;
  readonly channelsPerConnection: number;
  /** For the look-up, and for the TCP connection. */
  readonly connectMs: number;
  /** From the TCP connection to the end of authentication. */
  readonly handshakeMs: number;
  /** For the host's answer to a wish for a channel. */
  readonly channelMs: number;
  /** How long a call waits for a place, at most. */
  readonly waitMs: number;
  /** Between two questions whether the host is still there; three without an answer end the connection. */
  readonly keepaliveMs: number;
  /** After which an unused connection is ended. */
  readonly idleMs: number;
}

/**
 * OpenSSH's own limits are 10 sessions a connection and 10 connections that have not authenticated, for all users:
 * we stay below both. Keepalive: RELIABILITY R6.
 */
export const SSH_LIMITS: SshLimits = {
  connections: 4,
  channelsPerConnection: 8,
  connectMs: 10_000,
  handshakeMs: 20_000,
  channelMs: 15_000,
  waitMs: 60_000,
  keepaliveMs: 15_000,
  idleMs: 60_000,
};
