import { RelativeTime } from '../../ui/relative-time.tsx';
import { healthOf, type JudgedSystem } from './system-health.ts';

/** What {@link HealthBadge} shows. */
export interface HealthBadgeProps {
  readonly system: JudgedSystem;
  readonly since: string | null;
}

/** How a system is, as symbol and word, and since when. */
export function HealthBadge({ system, since }: HealthBadgeProps) {
  const { symbol, word, class: look, meaning } = healthOf(system);
  return (
    <span class="health-badge" title={meaning}>
      <span class={`status-badge status-badge-${look}`}>
        <span aria-hidden="true">{symbol}</span> {word}
      </span>
      {since !== null && (
        <small>
          {' '}
          since <RelativeTime at={since} />
        </small>
      )}
    </span>
  );
}
