import { FILTER_KEYS as KEYS } from '@arras/contract';

/** The keys of filters with an example each, for the help. */
export const FILTER_KEYS: readonly { readonly name: string; readonly meaning: string }[] = Object.values(
  KEYS,
).map(({ example, description }) => ({ name: example, meaning: description }));

/** How the terms of a filter are written. */
export const FILTER_NOTES = `A filter is terms with blanks between them; all of them hold. Put it in single quotes on a command line.

  status:failed,killed   one of several values
  -status:finished       everything else
  app:pyplot*            * stands for any characters
  name~"rna seq"         part of a text, in any case
  created:>7d            within the last seven days: s m h d w; also 2026-03-01, today
  ran:>2h  nodes:4..8    more than, from and to; also >= < <=
  rna seq                words in the name, in this order
`;
