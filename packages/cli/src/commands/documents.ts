import { type OutputOptions, printResult } from '../print.ts';
import type { Invocation } from '../runner.ts';

/** Options of commands that take a description. */
export interface FileOptions extends OutputOptions {
  readonly file: string;
}

/** Prints the id of what was created or changed, and the sentence for people. */
export async function printChanged(
  { session, options }: Invocation<OutputOptions>,
  { result, sentence }: { readonly result: { readonly id: string }; readonly sentence: string },
): Promise<void> {
  await printResult(session, options, { result, human: () => `${result.id}\n` });
  session.say(`${sentence}\n`);
}
