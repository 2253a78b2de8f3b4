/** A part of Home that lists jobs. */
export interface HomeSection {
  readonly id: 'failed' | 'finished' | 'running' | 'waiting';
  readonly title: string;
  /** In the filter grammar: what is listed here, and on the list of jobs behind the link. */
  readonly filter: string;
  /** What stands here when there is none. */
  readonly none: string;
}

/** The parts of Home. Failures come first: they are what somebody has to do something about. */
export function homeSections(sinceMs: number): readonly HomeSection[] {
  const since = new Date(sinceMs).toISOString();
  return [
    {
      id: 'failed',
      title: 'Failed',
      filter: `owner:me status:failed,archiving_failed ended:>${since} sort:-ended`,
      none: 'Nothing failed.',
    },
    {
      id: 'finished',
      title: 'Finished',
      filter: `owner:me status:finished,archiving_finished ended:>${since} sort:-ended`,
      none: 'Nothing finished.',
    },
    {
      id: 'running',
      title: 'Running now',
      filter: 'owner:me status:running sort:-started',
      none: 'Nothing runs.',
    },
    {
      id: 'waiting',
      title: 'Waiting long',
      filter: 'owner:me status:queued submitted:<1h sort:submitted',
      none: 'Nothing waits for more than an hour.',
    },
  ];
}
