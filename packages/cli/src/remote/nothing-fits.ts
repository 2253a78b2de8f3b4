import { EXIT } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';

/** What is said of a pattern that nothing fits. */
export function nothingFits(pattern: string, base: string): Refusal {
  return new Refusal({
    what: `Nothing fits ${pattern}.`,
    why: `Looked below ${base === '' ? '/' : base}; "*" stays within a directory, "**" does not.`,
    todo: 'List what there is, and put patterns in quotation marks, so that the shell leaves them alone.',
    exitCode: EXIT.notFound,
  });
}
