import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A server program of a test, in the foreground under our hands: stopped, gone on with, killed and started again by its pid. */
export interface Daemon {
  start(): void;
  /** Whether it runs, stopped or not. */
  isUp(): boolean;
  /** SIGSTOP and SIGCONT. */
  stop(): void;
  cont(): void;
  /** Ends it with a signal and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** What a daemon is started with. */
export interface DaemonCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Describes a daemon; `start` starts it. */
export function createDaemon(command: DaemonCommand): Daemon {
  let child: ChildProcess | null = null;
  const isUp = () => child !== null && child.exitCode === null && child.signalCode === null;
  const send = (signal: NodeJS.Signals) => {
    if (isUp()) child?.kill(signal);
  };
  return {
    start: () => {
      child = spawnDaemon(command);
    },
    isUp,
    stop: () => send('SIGSTOP'),
    cont: () => send('SIGCONT'),
    end: async (signal) => {
      const ending = child;
      if (ending === null || !isUp()) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      send(signal);
      send('SIGCONT');
      await ended;
    },
  };
}

function spawnDaemon({ program, args, env, logFile }: DaemonCommand): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, { env, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  return child;
}
