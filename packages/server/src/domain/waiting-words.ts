import type { WaitingExplanation } from './waiting-reason.ts';

/** What a limit counts, in words, and the field of the job request that changes it. */
export interface LimitWords {
  readonly what: string;
  readonly field: string;
}

/** The parts of limit tokens that say what is counted. */
export const COUNTED_LIMITS = {
  Cpu: { what: 'processors', field: 'processorsPerNode or nodeCount' },
  CPU: { what: 'processors', field: 'processorsPerNode or nodeCount' },
  Mem: { what: 'memory', field: 'memoryPerNode' },
  Memory: { what: 'memory', field: 'memoryPerNode' },
  Node: { what: 'nodes', field: 'nodeCount' },
  GRES: { what: 'GPUs or other generic resources', field: 'generic resources in the custom directives' },
  License: { what: 'licenses', field: 'licenses in the custom directives' },
  BB: { what: 'burst buffer', field: 'burst buffer in the custom directives' },
  Billing: { what: 'billing units', field: 'nodeCount, processorsPerNode or memoryPerNode' },
  Energy: { what: 'energy', field: 'nodeCount or maxRunTime' },
  Wall: { what: 'run time', field: 'maxRunTime' },
  WallDuration: { what: 'run time', field: 'maxRunTime' },
  Jobs: { what: 'running jobs', field: 'jobs' },
  SubmitJobs: { what: 'submitted jobs', field: 'jobs' },
  SubmitJob: { what: 'submitted jobs', field: 'jobs' },
  Unknown: { what: 'of a resource', field: 'resources in the custom directives' },
} as const satisfies Record<string, LimitWords>;

/** The words of one reason token. */
export type WaitingWords = WaitingExplanation;

const OTHER_QUEUE = 'Cancel it and submit again to another batchQueue.';
const OTHER_ACCOUNT = 'Cancel it and choose another account or quality of service in the custom directives.';
const HELD_ADMIN = 'Ask the operators of the system.';

const resources = (sentence: string, action: string | null = null) =>
  ({ category: 'resources', sentence, action }) as const;
const clears = (sentence: string, action: string | null = null) =>
  ({ category: 'limit-that-clears', sentence, action }) as const;
const never = (sentence: string, action: string) =>
  ({ category: 'never-starts', sentence: `This can never start: ${sentence}`, action }) as const;
const held = (sentence: string, action: string | null = null) =>
  ({ category: 'held', sentence, action }) as const;
const trouble = (sentence: string, action: string | null = null) =>
  ({ category: 'node-trouble', sentence, action }) as const;

/**
 * Reason tokens of Slurm 22.05 to 24.11 that are not put together from parts
 * (https://slurm.schedmd.com/job_reason_codes.html, `man squeue`).
 */
export const WAITING_WORDS = {
  None: { category: 'unknown', sentence: 'The scheduler has not looked at it yet.', action: null },
  WaitingForScheduling: {
    category: 'unknown',
    sentence: 'The scheduler has not looked at it yet.',
    action: null,
  },
  Priority: { category: 'priority', sentence: 'Other jobs have a higher priority.', action: null },
  Resources: resources('It is next in line and waits for nodes to become free.'),
  Licenses: resources('It waits for a license to become free.'),
  BurstBufferResources: resources('It waits for room in the burst buffer.'),
  BurstBufferStageIn: resources('Its data is being brought into the burst buffer.'),
  Prolog: resources('Its nodes are being prepared.'),
  Cleaning: resources('The nodes of its last run are still being cleaned up.'),
  FedJobLock: resources('The clusters of the federation are agreeing on who runs it.'),
  PowerNotAvail: resources('It waits for electric power that its nodes need.'),
  PowerReserved: resources('It waits for electric power that is reserved for others.'),
  SchedDefer: resources('It asks to start at once, and the scheduler starts no job at once.'),
  MCS: resources('It waits for nodes that jobs of other groups use.'),
  Constraints: resources('The nodes with the features it asks for are not available now.'),

  AccountingPolicy: clears('It has reached a limit of your account.'),
  AssociationJobLimit: clears('Your account already runs the most jobs it may; it starts when one ends.'),
  AssociationResourceLimit: clears(
    'Your account already holds all the resources it may; it starts when a job ends.',
  ),
  AssociationTimeLimit: clears('Your account has used up the time it may.', OTHER_ACCOUNT),
  QOSJobLimit: clears('The quality of service already runs the most jobs it may; it starts when one ends.'),
  QOSResourceLimit: clears('The quality of service already holds all it may; it starts when a job ends.'),
  QOSTimeLimit: clears('The quality of service has used up the time it may.', OTHER_ACCOUNT),
  QOSUsageThreshold: clears('Your recent usage is above what the quality of service allows.', OTHER_ACCOUNT),
  JobArrayTaskLimit: clears('Enough tasks of its array run already.'),

  AccountNotAllowed: never('its account may not use this partition.', OTHER_ACCOUNT),
  BadConstraints: never(
    'no node has what it asks for.',
    'Cancel it and ask for less, or for other features.',
  ),
  DeadLine: never('it could not end before its deadline.', 'Cancel it and ask for a shorter maxRunTime.'),
  DependencyNeverSatisfied: never(
    'the job it depends on ended in another way than it needs.',
    'Cancel it, and submit it again without that dependency in the custom directives.',
  ),
  InvalidAccount: never('its account does not exist.', OTHER_ACCOUNT),
  InvalidQOS: never('its quality of service does not exist.', OTHER_ACCOUNT),
  QOSNotAllowed: never('its quality of service is not allowed here.', OTHER_ACCOUNT),
  MaxMemPerLimit: never(
    'it asks for more memory than the partition allows.',
    'Cancel it and ask for less memoryPerNode.',
  ),
  PartitionConfig: never('the partition does not allow what it asks for.', OTHER_QUEUE),
  PartitionNodeLimit: never(
    'it asks for more nodes than the partition has or allows (or the nodes it needs are down).',
    'Cancel it and ask for a smaller nodeCount, or another batchQueue.',
  ),
  PartitionTimeLimit: never(
    'it asks for more time than the partition allows.',
    'Cancel it and ask for a shorter maxRunTime, or another batchQueue.',
  ),
  ReservationDeleted: never(
    'the reservation it asks for has been deleted.',
    'Cancel it and submit it without the reservation.',
  ),

  BeginTime: held('It waits for the time at which it may begin.'),
  Dependency: held('It waits for another job to end.'),
  JobHeldAdmin: held('An operator holds it back.', HELD_ADMIN),
  JobHeldUser: held('It is held by its owner.', 'Resume it, or release it in the scheduler.'),
  JobHoldMaxRequeue: held('It was put back into the queue too often and is held.', HELD_ADMIN),
  Reservation: held('It waits for its reservation to begin.'),

  BurstBufferOperation: trouble('An operation of the burst buffer failed.', HELD_ADMIN),
  FrontEndDown: trouble('The front end it needs is down.'),
  NodeDown: trouble('Nodes that it needs are down or reserved.', 'Wait, or submit it to another batchQueue.'),
  PartitionDown: trouble('The partition is down.', OTHER_QUEUE),
  PartitionInactive: trouble('The partition does not start jobs now.', OTHER_QUEUE),
  ReqNodeNotAvail: trouble(
    'Nodes that it asks for are not available: in use, reserved, or down. A maintenance window may lie ahead.',
    'A shorter maxRunTime may fit before the window.',
  ),
  SystemFailure: trouble('The scheduler or a file system failed.', HELD_ADMIN),
  BlockMaxError: trouble('The nodes it needs have had too many errors.', HELD_ADMIN),
  BlockFreeAction: trouble('The nodes it needs are being freed.'),

  // Grid Engine has no words of its own: see `explainLetters`.
  StartError: trouble('The scheduler met an error when it tried to start it, and holds it.', HELD_ADMIN),
  Waiting: resources('It waits for its turn and for free slots.'),

  // Slurm shows these on jobs that have ended, and for a moment on ones that are put back into the queue.
  InactiveLimit: trouble('It was inactive for longer than the system allows.'),
  JobLaunchFailure: trouble('The scheduler could not start it.', HELD_ADMIN),
  NonZeroExitCode: trouble('Its last run ended with an error.'),
  OutOfMemory: trouble(
    'Its last run used more memory than it had asked for.',
    'Ask for more with memoryPerNode.',
  ),
  RaisedSignal: trouble('Its last run was ended by a signal.'),
  TimeLimit: trouble('Its last run reached its time limit.', 'Ask for more time with maxRunTime.'),
} as const satisfies Record<string, WaitingWords>;
