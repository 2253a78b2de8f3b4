import { Argument, type Command } from 'commander';
import { renderCompletionScript, SHELLS, type Shell } from '../completion/scripts.ts';

/** `completion bash`, `manual`, and the hidden command that the scripts call at each press of the tab key. */
export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .description('print the script with which a shell completes commands, options and ids')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action((shell: Shell) => void process.stdout.write(renderCompletionScript(shell, program.name())));
  program
    .command('manual')
    .description('write the manual for man(1), a page for each command; prints their paths')
    .argument('<directory>', 'where to, such as ~/.local/share/man/man1')
    .action(async (directory: string) => {
      const { writeManual } = await import('../commands/manual.ts');
      const paths = await writeManual(program, directory);
      process.stdout.write(paths.map((path) => `${path}\n`).join(''));
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .passThroughOptions()
    .action((words: string[]) => answer(program, words));
}

/** Says nothing about errors: whatever is wrong, a message in the middle of a command line helps nobody. */
async function answer(program: Command, words: readonly string[]): Promise<void> {
  try {
    const { complete } = await import('../completion/complete.ts');
    const { valueSources } = await import('../completion/sources.ts');
    const { cleanText } = await import('../clean-text.ts');
    const candidates = await complete(program, words, valueSources(process.env));
    process.stdout.write(
      candidates.map((each) => `${cleanText(each.value)}\t${cleanText(each.description)}\n`).join(''),
    );
  } catch {
    // No candidates.
  }
}
