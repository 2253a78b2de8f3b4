import type { HealthStatus, PartHealth } from '@arras/contract';
import { serverNowMs } from '../../ui/clock.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { PART_NAMES } from './system-health.ts';

/** What {@link HealthParts} shows. */
export interface HealthPartsProps {
  readonly parts: readonly PartHealth[];
}

const LOOKS = {
  ok: { symbol: '✓', class: 'ok' },
  degraded: { symbol: '!', class: 'active' },
  down: { symbol: '✗', class: 'fail' },
} as const satisfies Record<HealthStatus, { symbol: string; class: string }>;

/** How each part of a system answers, since when, how fast, and when that was and will be seen. */
export function HealthParts({ parts }: HealthPartsProps) {
  if (parts.length === 0) return null;
  return (
    <ul class="health-parts" aria-label="Parts">
      {parts.map((part) => (
        <li key={part.part} class={`health-part health-part-${part.status}`}>
          <strong>{PART_NAMES[part.part]}</strong>
          <span class={`status-badge status-badge-${LOOKS[part.status].class}`}>
            <span aria-hidden="true">{LOOKS[part.status].symbol}</span> {part.status}
          </span>
          <span class="health-part-times">
            since <RelativeTime at={part.since} />
            {part.latencyP95 !== null && (
              <>
                {' '}
                ·{' '}
                <span title={`95 of its last ${part.measured} uses were answered within this time`}>
                  p95 {latencyText(part.latencyP95)}
                </span>
              </>
            )}{' '}
            · checked <RelativeTime at={part.lastCheck} />
            <NextCheck at={part.nextCheck} />
          </span>
          {part.reason !== null && <bdi class="health-part-reason">{part.reason}</bdi>}
        </li>
      ))}
    </ul>
  );
}

/** A look that is due within seconds is as good as now. */
const SOON_MS = 5_000;

function NextCheck({ at }: { readonly at: string | null }) {
  if (at === null) return <>, next at its next use</>;
  if (Date.parse(at) - serverNowMs() < SOON_MS) return <>, next now</>;
  return (
    <>
      , next <RelativeTime at={at} />
    </>
  );
}

function latencyText(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds} ms` : `${Math.round(milliseconds)} ms`;
}
