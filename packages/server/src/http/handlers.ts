import type { Handlers } from './handler.ts';
import { ACCOUNT_HANDLERS } from './routes/accounts.ts';
import { APP_HANDLERS } from './routes/apps.ts';
import { JOB_HANDLERS } from './routes/jobs.ts';
import { SERVICE_HANDLERS } from './routes/service.ts';
import { SYSTEM_HANDLERS } from './routes/systems.ts';

/** A handler for every operation of the contract. */
export const HANDLERS: Handlers = {
  ...JOB_HANDLERS,
  ...SYSTEM_HANDLERS,
  ...APP_HANDLERS,
  ...ACCOUNT_HANDLERS,
  ...SERVICE_HANDLERS,
};
