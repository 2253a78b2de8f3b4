import type { JobId } from '@arras/contract';
import type { Logger } from 'pino';
import type { MessageKeys } from '../auth/message-keys.ts';
import type { Db } from '../database/connection.ts';
import type { NewId } from '../domain/id-source.ts';
import type { Transition } from '../events/transition.ts';
import type { AppDefinitions } from './app-definitions.ts';
import type { AppTemplates } from './app-templates.ts';
import type { HealthKeeper } from './health-keeper.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { LookBell } from './look-bell.ts';
import type { Pressure } from './pressure.ts';
import type { TakeMessage, Targets } from './targets.ts';
import type { TransferSlots } from './transfer-slots.ts';

/** Lengths of time that operators may set, in milliseconds. */
export interface EngineTimes {
  /** Between two looks at the programs of one system while something changes there: see domain/look-times.ts. */
  readonly monitorEveryMs: number;
  /** Between TERM and KILL when a job is stopped. */
  readonly stopGraceMs: number;
  /** Without a byte, until a transfer is called stalled. */
  readonly transferStalledMs: number;
  /** Without a byte, until a transfer is broken off. */
  readonly transferGiveUpMs: number;
}

/** What programs are told about the service. */
export interface ServiceFacts {
  /** Base of every address of the API, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly tenant: string;
  /** Where the program of a job says that it is alive; holds the job's token. */
  readonly heartbeatUrl: (jobId: JobId) => string;
  readonly formatTime: (date: Date) => string;
}

/** What every task of the engine works with; made once by compose. */
export interface EngineContext {
  readonly db: Db;
  readonly replica: string;
  readonly newId: NewId;
  readonly transition: Transition;
  readonly leases: LeaseKeeper;
  readonly targets: Targets;
  readonly apps: AppDefinitions;
  readonly templates: AppTemplates;
  readonly service: ServiceFacts;
  readonly messageKeys: MessageKeys;
  /** Takes in what a try said by way of the spool. */
  readonly takeMessage: TakeMessage;
  readonly times: EngineTimes;
  readonly lookBell: LookBell;
  /** Is told how looks went. */
  readonly health: Pick<HealthKeeper, 'worked' | 'failed'>;
  readonly pressure: Pressure;
  readonly slots: TransferSlots;
  /** Whether every byte of an archive is read back before the work directory goes, or only sizes are compared. */
  readonly archiveCheck: 'hash' | 'size';
  readonly log: Logger;
  readonly now: () => Date;
}

/** The name under which the service itself appears in `createdBy`. */
export const SERVICE = 'arras';
