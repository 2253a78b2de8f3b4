import type { JobView } from '@arras/contract';
import type { ComponentChildren } from 'preact';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Elapsed } from '../../../ui/elapsed.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { StatusBadge } from '../../../ui/status-badge.tsx';
import { ActionBar } from '../actions/action-bar.tsx';
import { hasEnded, runSpan, shorten } from '../job-words.ts';
import { FreshnessLine } from './freshness-line.tsx';
import './job-header.css';

/** Characters of a name that are shown; the whole of it can be copied. */
const NAME_SHOWN = 240;

/** What a job is and how it stands, and what can be done with it. */
export function JobHeader({ job }: { readonly job: JobView }) {
  const { status, stopRequested, name, id } = job;
  return (
    <header class="job-header">
      <div class="job-header-top">
        <h1>
          <StatusBadge status={status} stopRequested={stopRequested && !hasEnded(status)} />{' '}
          <bdi class="job-header-name" title={name}>
            {shorten(name, NAME_SHOWN)}
          </bdi>{' '}
          <CopyButton text={name} label="name" />
        </h1>
        <ActionBar job={job} />
      </div>
      <p class="job-header-id">
        <code>{id}</code> <CopyButton text={id} label="id" />
        {!job.visible && <span class="job-header-hidden">hidden from lists</span>}
      </p>
      <Facts job={job} />
      {!hasEnded(status) && <FreshnessLine job={job} />}
    </header>
  );
}

function Facts({ job }: { readonly job: JobView }) {
  const { executionSystem, batchQueue, localId, schedulerType, created, maxRunTime } = job;
  const span = runSpan(job);
  return (
    <dl class="job-header-facts">
      <Fact name="App">{job.appId}</Fact>
      <Fact name="System">
        <a href={`/ui/systems/${encodeURIComponent(executionSystem)}`}>{executionSystem}</a>
        {batchQueue !== null && ` / ${batchQueue}`}
      </Fact>
      {localId !== null && (
        <Fact name={schedulerType === 'FORK' ? 'Process' : `${schedulerType} id`}>
          <code>{localId}</code> <CopyButton text={localId} label="scheduler id" />
        </Fact>
      )}
      <Fact name="Size">
        {count(job.nodeCount, 'node')} × {count(job.processorsPerNode, 'processor')}
      </Fact>
      <Fact name="Owner">{job.owner}</Fact>
      <Fact name="Submitted">
        <RelativeTime at={created} />
      </Fact>
      <Fact name="Started">
        <RelativeTime at={job.startTime} />
      </Fact>
      <Fact name="Elapsed">
        <Elapsed from={span?.from ?? null} to={span?.to} />
        {maxRunTime !== null && ` of ${maxRunTime}`}
      </Fact>
      {job.endTime !== null && (
        <Fact name="Ended">
          <RelativeTime at={job.endTime} />
        </Fact>
      )}
    </dl>
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="job-header-fact">
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
