import type { RowGroup } from '../recorded-request.ts';
import { APP_ROWS } from './apps.ts';
import { AUTH_ROWS } from './auth.ts';
import { DOCUMENT_ROWS } from './documents.ts';
import { FILE_ROWS } from './files.ts';
import { JOB_CALL_ROWS } from './job-calls.ts';
import { JOB_ROWS } from './jobs.ts';
import { NOTIFICATION_ROWS } from './notifications.ts';
import { SYSTEM_ROWS } from './systems.ts';

/** Every command of the existing clients that the service answers, with its requests. */
export const ROW_GROUPS: readonly RowGroup[] = [
  AUTH_ROWS,
  JOB_ROWS,
  JOB_CALL_ROWS,
  NOTIFICATION_ROWS,
  SYSTEM_ROWS,
  APP_ROWS,
  FILE_ROWS,
  DOCUMENT_ROWS,
];
