import type { Command } from 'commander';
import { EXIT, EXIT_MEANINGS } from '../exit-codes.ts';

const TOPICS: Readonly<Record<string, () => string>> = {
  'exit-codes': () =>
    Object.entries(EXIT_MEANINGS)
      .map(([name, meaning]) => `${String(EXIT[name as keyof typeof EXIT]).padStart(4)}  ${meaning}\n`)
      .join(''),
  environment: () => ENVIRONMENT,
};

const ENVIRONMENT = `The service is sought in this order:
  --url, --token           flags
  ARRAS_URL, ARRAS_TOKEN   environment
  profile file             $XDG_CONFIG_HOME/arras/config.json, else ~/.config/arras/config.json:
                           {"url": "http://127.0.0.1:8383", "token": "..."}, mode 600
  this machine's service   cli.json in its data directory: ARRAS_DATA_DIR, else /var/lib/arras for root,
                           else $XDG_DATA_HOME/arras, else ~/.local/share/arras

Output:
  NO_COLOR, CLICOLOR=0     no colours
  CLICOLOR_FORCE=1         colours although nobody looks
  TERM=dumb, ACCESSIBLE=1  lines only, nothing is painted over; ACCESSIBLE=1 also avoids symbols
`;

/** `help`, `help exit-codes`, `help jobs submit`. */
export function addHelpCommand(program: Command): void {
  program
    .command('help')
    .description(`help on a command, or on ${Object.keys(TOPICS).join(' or ')}`)
    .argument('[topic...]')
    .action((words: string[]) => {
      const topic = TOPICS[words[0] ?? ''];
      if (topic !== undefined) process.stdout.write(topic());
      else findCommand(program, words).help();
    });
}

function findCommand(program: Command, words: readonly string[]): Command {
  let found = program;
  for (const word of words) {
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) return program.error(`error: there is no command ${words.join(' ')}`);
    found = next;
  }
  return found;
}
