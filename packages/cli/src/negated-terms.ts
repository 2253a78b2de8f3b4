// Without imports: it runs before anything is parsed.

// Samples: -status:failed app:pyplot*   -name~"rna seq"   -archived
const NEGATED_TERM = /^-(?:[A-Za-z]{2,}[:~]|(?:archived|deleted)(?:\s|$))/;

/**
 * Keeps filters that begin with a negated term from being taken for options, where a command takes a filter: `-created`
 * would be `-c reated`. A blank in front means nothing to a filter.
 */
export function shieldNegatedTerms(argv: readonly string[]): readonly string[] {
  const takesFilter = argv.includes('jobs') && (argv.includes('list') || argv.includes('save'));
  return takesFilter ? argv.map((word) => (NEGATED_TERM.test(word) ? ` ${word}` : word)) : argv;
}
