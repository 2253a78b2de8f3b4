import type { JobView, OutputEntry } from '@arras/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { call } from '../../../api/call.ts';
import type { Loaded } from '../../../store/loader.ts';
import { useCall } from '../../../store/use-call.ts';

/** As many entries as one answer holds. */
const PAGE = 250;

/** A running program writes without any event: its files are looked at so often, in milliseconds. */
const LOOK_MS = 5_000;

/** The first entries of a directory. */
export interface Directory {
  readonly entries: readonly OutputEntry[];
  readonly hasMore: boolean;
}

/** What {@link useDirectory} gives. */
export interface DirectoryState {
  readonly state: Loaded<Directory>;
  readonly refresh: () => void;
  /** Reads another page too. */
  readonly more: () => void;
}

/** A directory of a job's output, read again at every event of the job and from time to time while it runs. */
export function useDirectory({ id, seq, status }: JobView, path: string): DirectoryState {
  const wanted = useSignal(PAGE);
  const read = (signal: AbortSignal) => readDirectory(id, path, wanted.peek(), signal);
  const { state, refresh } = useCall(read, [id, path]);
  const shownSeq = useRef(seq);
  useEffect(() => {
    if (shownSeq.current === seq) return;
    shownSeq.current = seq;
    refresh();
  }, [seq]);
  useEffect(() => {
    if (status !== 'RUNNING') return;
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), LOOK_MS);
    return () => clearInterval(timer);
  }, [status]);
  const more = () => {
    wanted.value += PAGE;
    refresh();
  };
  return { state, refresh, more };
}

async function readDirectory(
  id: string,
  path: string,
  wanted: number,
  signal: AbortSignal,
): Promise<Directory> {
  const entries: OutputEntry[] = [];
  for (;;) {
    const query = { limit: PAGE, offset: entries.length };
    const page = await call('listJobOutputs', { params: { id, path }, query, signal });
    entries.push(...page);
    if (page.length < PAGE) return { entries, hasMore: false };
    if (entries.length >= wanted) return { entries, hasMore: true };
  }
}
