import type { Readiness } from '@arras/contract';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Db } from '../database/connection.ts';
import type { JobRow } from '../database/tables.ts';
import type { NewId } from '../domain/id-source.ts';
import type { FormatTime } from '../domain/timestamp.ts';
import type { PauseResult } from '../engine/pause.ts';
import type { StopOrder } from '../engine/stop.ts';
import type { Targets } from '../engine/targets.ts';

/** What users can do to a job that is under way. */
export interface JobControl {
  stopJob(job: JobRow, order: StopOrder): Promise<JobRow>;
  pauseJob(job: JobRow): Promise<PauseResult>;
  resumeJob(job: JobRow): Promise<PauseResult>;
}

/** What every handler works with; made once by compose. */
export interface HttpContext {
  readonly db: Db;
  readonly newId: NewId;
  /** Base of every address in an answer, without a slash at the end. Known once the server listens. */
  readonly publicUrl: () => string;
  /** The envelope's version, such as `2.4.9-r1a2b3c4`: existing clients choose their models by it. */
  readonly version: string;
  readonly tenant: string;
  readonly formatTime: FormatTime;
  readonly log: Logger;
  readonly now: () => Date;
  /** Whether the service can do its work; never rejects. */
  readonly isReady: () => Promise<Readiness>;
  readonly metrics: Registry;
  /** The OpenAPI document as JSON text. */
  readonly openApi: string;
  /** Unpredictable bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly auth: Authenticator;
  readonly targets: Targets;
  readonly engine: JobControl;
  /** Longest time a new job may wait for its inputs, in milliseconds. */
  readonly stagingDeadlineMs: number;
}
