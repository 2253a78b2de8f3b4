/**
 * What of an inbox may be in hand at a time, so that the flood of one try keeps neither memory nor the others: files as
 * a whole, and files of one try.
 */
export const IN_HAND = { whole: 300, ofOne: 50 } as const;

/** Milliseconds between two looks at an inbox, and until a file that was put off comes again. */
export const LOOK_AGAIN_MS = 1_000;
