import { isatty } from 'node:tty';
import { type Client, createClient } from '@arras/client';
import type { SharedOptions } from './command-options.ts';
import {
  type ConnectionFlags,
  type FoundConnection,
  findConnection,
  thisHost,
  traceConnection,
} from './connection.ts';
import { createCurlFetch } from './curl.ts';
import { renderClock, renderMoment } from './quantities.ts';
import { describeTerminal, type Environment, type Terminal } from './terminal.ts';
import { createTracedFetch } from './traced-fetch.ts';

/** One run of the program: where it reads and writes, and as whom it speaks to the service. */
export interface Session {
  /** The name under which the program was called, for the commands it suggests. */
  readonly program: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Columns of the terminal now; 80 where there is none. */
  width(): number;
  /** Lines of the terminal now; 24 where there is none. */
  height(): number;
  /** Data: what a script reads. */
  out(text: string): void;
  /** Everything else; --quiet silences it. */
  say(text: string): void;
  /** What must be known although --quiet was given, such as a secret that is shown once. */
  warn(text: string): void;
  /** `3m ago` on a terminal, the exact time elsewhere and with --utc. */
  ago(time: string): string;
  /** `14:02:11` in the reader's zone on a terminal, the exact time elsewhere and with --utc. */
  clock(time: string): string;
  /** Where `connect` connects to, and what named it. */
  trace(flags: ConnectionFlags): FoundConnection;
  connect(flags: ConnectionFlags): Client;
  /** A client whose first call is printed as a curl command and ends the program. */
  connectForCurl(flags: ConnectionFlags): Client;
}

type SessionOptions = Pick<SharedOptions, 'color' | 'utc' | 'quiet' | 'curl' | 'profile' | 'trace'>;

/** The session of this process. */
export function openSession(
  program: string,
  { color, utc, quiet, curl, profile, trace }: SessionOptions = {},
): Session {
  const { stdout, stderr } = process;
  const env = profile === undefined ? process.env : withProfile(process.env, profile);
  const described = describeTerminal({ isTty: isatty(1), env, color });
  // Lines about calls come between: nothing can be painted over.
  const terminal = trace === true ? { ...described, repaint: false } : described;
  const exact = utc === true || !terminal.isTty;
  // With --curl nothing is done that could be reported: the only output is the command.
  const write = (stream: NodeJS.WriteStream, text: string) => void (curl === true || stream.write(text));
  const traced = trace === true ? { fetch: createTracedFetch((line) => write(stderr, `${line}\n`)) } : {};
  const connection = (flags: ConnectionFlags) => findConnection(flags, thisHost(env));
  return {
    program,
    env,
    terminal,
    width: () => stdout.columns ?? 80,
    height: () => stdout.rows ?? 24,
    out: (text) => write(stdout, text),
    say: (text) => void (quiet === true || write(stderr, text)),
    warn: (text) => write(stderr, text),
    ago: (time) => renderMoment(time, { exact, nowMs: Date.now() }),
    clock: (time) => (exact ? time : renderClock(time)),
    trace: (flags) => traceConnection(flags, thisHost(env)),
    connect: (flags) => createClient({ ...connection(flags), ...traced }),
    connectForCurl: (flags) =>
      createClient({ ...connection(flags), fetch: createCurlFetch(stdout), cache: false }),
  };
}

/** A profile that the command line names goes before the environment, as every flag does. */
function withProfile(
  { ARRAS_URL: _url, ARRAS_TOKEN: _token, ...env }: Environment,
  name: string,
): Environment {
  return { ...env, ARRAS_PROFILE: name };
}
