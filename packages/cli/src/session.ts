import { isatty } from 'node:tty';
import { type Client, createClient } from '@arras/client';
import { type ConnectionFlags, findConnection, thisHost } from './connection.ts';
import { describeTerminal, type Environment, type Terminal } from './terminal.ts';

/** One run of the program: where it reads and writes, and as whom it speaks to the service. */
export interface Session {
  /** The name under which the program was called, for the commands it suggests. */
  readonly program: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Columns of the terminal now; 80 where there is none. */
  width(): number;
  /** Data: what a script reads. */
  out(text: string): void;
  /** Everything else. */
  say(text: string): void;
  connect(flags: ConnectionFlags): Client;
}

/** The session of this process. */
export function openSession(program: string): Session {
  const { env, stdout, stderr } = process;
  return {
    program,
    env,
    terminal: describeTerminal({ isTty: isatty(1), env }),
    width: () => stdout.columns ?? 80,
    out: (text) => void stdout.write(text),
    say: (text) => void stderr.write(text),
    connect: (flags) => createClient(findConnection(flags, thisHost(env))),
  };
}
