import { line } from './scalars.ts';

/** Id of a system: it stands in paths, addresses and directives. */
export const systemIdSchema = line({
  what: 'the id of a system',
  max: 64,
  pattern: /^[0-9a-zA-Z][0-9a-zA-Z.-]*$/,
  hint: 'of letters, digits, dots and dashes, beginning with a letter or digit',
});

/** Name of a queue: it stands in scheduler directives. */
export const queueNameSchema = line({
  what: 'the name of a queue',
  max: 128,
  pattern: /^[0-9a-zA-Z_][0-9a-zA-Z._-]*$/,
  hint: 'of letters, digits and . _ -, beginning with a letter, a digit or _',
});

/** Id of an app: `name-version`, and `u` with the revision once it is published (spec: jobs 2.1). */
export const appIdSchema = line({
  what: 'the id of an app',
  max: 80,
  pattern: /^[0-9a-zA-Z._()-]+-[0-9a-zA-Z._()-]*[0-9a-zA-Z._()]$/,
  hint: 'as name-version, such as samtools-1.2',
});
