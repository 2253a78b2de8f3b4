import type { Handlers } from '../handler.ts';
import { ACCOUNT_HANDLERS } from './accounts.ts';
import { APP_HANDLERS } from './apps.ts';
import { CLIENT_HANDLERS } from './clients.ts';
import { FILE_HANDLERS } from './files.ts';
import { JOB_HANDLERS } from './jobs.ts';
import { METADATA_HANDLERS } from './metadata.ts';
import { NOTIFICATION_HANDLERS } from './notifications.ts';
import { OPERATOR_HANDLERS } from './operators.ts';
import { POSTIT_HANDLERS } from './postits.ts';
import { SERVICE_HANDLERS } from './service.ts';
import { SESSION_HANDLERS } from './sessions.ts';
import { STREAM_HANDLERS } from './streams.ts';
import { SYSTEM_HANDLERS } from './systems.ts';
import { TOKEN_HANDLERS } from './tokens.ts';
import { UUID_HANDLERS } from './uuids.ts';

/** A handler for every operation of the contract. */
export const HANDLERS: Handlers = {
  ...JOB_HANDLERS,
  ...STREAM_HANDLERS,
  ...NOTIFICATION_HANDLERS,
  ...SYSTEM_HANDLERS,
  ...APP_HANDLERS,
  ...FILE_HANDLERS,
  ...METADATA_HANDLERS,
  ...POSTIT_HANDLERS,
  ...UUID_HANDLERS,
  ...ACCOUNT_HANDLERS,
  ...TOKEN_HANDLERS,
  ...SESSION_HANDLERS,
  ...CLIENT_HANDLERS,
  ...OPERATOR_HANDLERS,
  ...SERVICE_HANDLERS,
};
