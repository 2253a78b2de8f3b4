import { nowMs } from './clock.ts';
import { formatMoment } from './format-moment.ts';
import { formatRelative } from './quantities.ts';

/** `3m ago` or `in ~35m`, with the exact time in its title; `–` for none. */
export function RelativeTime({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <span>–</span>;
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatRelative(Date.parse(at), nowMs.value)}
    </time>
  );
}
