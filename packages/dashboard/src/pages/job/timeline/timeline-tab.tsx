import type { HistoryEntry, JobView } from '@arras/contract';
import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { AttemptRow } from '../../../notifications/read-attempts.ts';
import { fragment, query, setQuery } from '../../../routing/place.ts';
import { nowMs } from '../../../ui/clock.ts';
import { hasEnded } from '../job-words.ts';
import { parseKinds, renderKinds, toggleKind } from './shown-kinds.ts';
import { TimelineChart } from './timeline-chart.tsx';
import { ITEM_KINDS, KIND_NAMES } from './timeline-item.ts';
import { timelineItems } from './timeline-items.ts';
import { TimelineTable } from './timeline-table.tsx';
import './timeline.css';

/** What {@link TimelineTab} shows. */
export interface TimelineTabProps {
  readonly job: Pick<JobView, 'status'>;
  readonly history: readonly HistoryEntry[];
  readonly attempts: readonly AttemptRow[];
}

/** The chart need not be drawn anew every second to be true. */
const STEP_MS = 5_000;

/** Everything that happened to a job, and to the messages about it, on one axis of time. */
export function TimelineTab({ job, history, attempts }: TimelineTabProps) {
  const all = useMemo(() => timelineItems({ history, attempts }), [history, attempts]);
  const coarseMs = useComputed(() => Math.floor(nowMs.value / STEP_MS) * STEP_MS);
  const shown = parseKinds(query.value.get('kinds'));
  const items = all.filter(({ kind }) => shown.includes(kind));
  const present = ITEM_KINDS.filter((kind) => all.some((item) => item.kind === kind));
  const isAll = shown.length === ITEM_KINDS.length;
  const selected = fragment.value.slice(1) || null;
  const now = hasEnded(job.status) ? null : coarseMs.value;
  return (
    <div class="timeline">
      <div class="timeline-filter" role="group" aria-label="Kinds of events">
        {present.map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            aria-pressed={!isAll && shown.includes(kind)}
            onClick={() => setQuery({ kinds: renderKinds(toggleKind(shown, kind)) })}
          >
            {KIND_NAMES[kind]} {all.filter((item) => item.kind === kind).length}
          </button>
        ))}
        {!isAll && (
          <button type="button" class="button button-quiet" onClick={() => setQuery({ kinds: null })}>
            Show all
          </button>
        )}
      </div>
      <TimelineChart
        items={items}
        kinds={present.filter((kind) => shown.includes(kind))}
        nowMs={now}
        selected={selected}
      />
      <TimelineTable items={items} selected={selected} />
    </div>
  );
}
