import type { StatusClass } from '@arras/contract';

/** The kinds of event that a timeline shows, in the order of its rows. */
export const ITEM_KINDS = ['status', 'scheduler', 'transfer', 'program', 'delivery', 'record'] as const;

/** A kind of event. */
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What the kinds are called. */
export const KIND_NAMES = {
  status: 'Status',
  scheduler: 'Scheduler',
  transfer: 'Transfers',
  program: 'Program',
  delivery: 'Deliveries',
  record: 'Record',
} as const satisfies Record<ItemKind, string>;

/** Something that happened to a job, or to a message about it. */
export interface TimelineItem {
  /** Unique in its timeline, and the same for ever: the fragment of an address. */
  readonly id: string;
  readonly kind: ItemKind;
  readonly atMs: number;
  /** When it was over; the same as `atMs` for what takes no time, null while it goes on. */
  readonly untilMs: number | null;
  /** The status, the name of the event, or where a message went. */
  readonly name: string;
  readonly text: string;
  /** Of the status or the outcome; '' for what has none. */
  readonly symbol: string;
  readonly class: StatusClass;
  /** Events that it stands for. */
  readonly count: number;
}
