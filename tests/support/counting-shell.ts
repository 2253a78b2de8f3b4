import { type Shell, ShellUnreachable } from '../../packages/server/src/execution/shell.ts';

/** A shell whose commands are counted, and whose answers can be lost before or after the command ran. */
export interface CountingShell extends Shell {
  readonly commands: number;
  /** What happens to the next command: it never arrives, or it runs and its answer gets lost. */
  loseNext(what: 'command' | 'answer'): void;
}

/** Wraps a shell. */
export function createCountingShell(shell: Shell): CountingShell {
  let commands = 0;
  let lose: 'command' | 'answer' | null = null;
  return {
    ...shell,
    get commands() {
      return commands;
    },
    loseNext: (what) => {
      lose = what;
    },
    run: async (command, limits) => {
      commands += 1;
      const losing = lose;
      lose = null;
      if (losing === 'command') throw new ShellUnreachable('the connection was cut');
      const result = await shell.run(command, limits);
      if (losing === 'answer') throw new ShellUnreachable('the connection was cut');
      return result;
    },
  };
}
