/** Limits of a system and of the queue a job asks for; null or a negative number: none. */
export interface Quotas {
  readonly maxSystemJobs: number | null;
  readonly maxSystemJobsPerUser: number | null;
  readonly maxJobs: number | null;
  readonly maxUserJobs: number | null;
}

/** Active jobs now, in the same order. */
export interface ActiveJobs {
  readonly system: number;
  readonly systemByOwner: number;
  readonly queue: number;
  readonly queueByOwner: number;
}

/** The value that systems show for "unlimited" (spec/systems-apps-files.md 1.3). */
export const UNLIMITED_JOBS = 2_147_483_647;

function isLimited(limit: number | null): limit is number {
  return limit !== null && limit >= 0 && limit < UNLIMITED_JOBS;
}

/** Whether any limit is set, so that an unlimited system costs no count. */
export function hasQuotas(quotas: Quotas): boolean {
  return Object.values(quotas).some(isLimited);
}

/** The first limit that is reached, in the order of spec/lifecycle.md section 7, as a sentence; null: there is room. */
export function findReachedQuota(quotas: Quotas, active: ActiveJobs): string | null {
  const checks: readonly (readonly [number | null, number, string])[] = [
    [quotas.maxSystemJobs, active.system, 'the system has reached its limit of active jobs'],
    [quotas.maxJobs, active.queue, 'the queue has reached its limit of active jobs'],
    [
      quotas.maxSystemJobsPerUser,
      active.systemByOwner,
      'you have reached your limit of active jobs on the system',
    ],
    [quotas.maxUserJobs, active.queueByOwner, 'you have reached your limit of active jobs in the queue'],
  ];
  const reached = checks.find(([limit, count]) => isLimited(limit) && count >= limit);
  return reached ? `${reached[2]} (${reached[0]})` : null;
}
