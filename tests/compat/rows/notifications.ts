import { type RecordedRequest, type RowGroup, result } from '../recorded-request.ts';

const SUBSCRIPTION = {
  id: /-011$/,
  owner: '={user}',
  url: 'string',
  associatedUuid: '={job}',
  event: 'string',
  responseCode: 'number|null',
  attempts: 'number',
  lastSent: 'date|null',
  success: 'boolean',
  persistent: 'boolean',
  status: '=ACTIVE',
  lastUpdated: 'date',
  created: 'date',
  policy: { retryStrategy: 'string', retryLimit: 'number' },
  _links: 'object',
};
const BRIEF = result([{ id: 'string', associatedUuid: 'string', event: 'string', url: 'string' }]);

const add: RecordedRequest = {
  by: 'swagger',
  send: 'POST /notifications/v2/',
  json: { associatedUuid: '{job}', event: 'FINISHED', url: 'https://hooks.example.org/${JOB_ID}' },
  needs: result(SUBSCRIPTION),
  keep: { subscription: 'result.id' },
};

/** Subscriptions. */
export const NOTIFICATION_ROWS: RowGroup = {
  title: 'Notifications',
  rows: [
    {
      client: 'Tapis CLI',
      command: 'notifications list [UUID]',
      requests: [
        add,
        {
          by: 'swagger',
          send: 'GET /notifications/v2/?associatedUuid={job}&limit=100&offset=0',
          needs: BRIEF,
        },
        { by: 'swagger', send: 'GET /notifications/v2/?limit=100&offset=0', needs: BRIEF },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'notifications show ID',
      requests: [
        add,
        { by: 'swagger', send: 'GET /notifications/v2/{subscription}', needs: result(SUBSCRIPTION) },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'notifications delete ID',
      requests: [
        add,
        {
          by: 'direct',
          send: 'DELETE /notifications/v2/{subscription}',
          status: 200,
          needs: { status: '=success', message: 'string', version: 'string' },
        },
      ],
    },
    {
      client: 'AgavePy',
      command: 'notifications.add, list, get, update, delete',
      requests: [
        add,
        { by: 'swagger', send: 'GET /notifications/v2/?associatedUuid={job}&limit=10', needs: BRIEF },
        { by: 'swagger', send: 'GET /notifications/v2/{subscription}', needs: result(SUBSCRIPTION) },
        {
          by: 'swagger',
          send: 'POST /notifications/v2/{subscription}',
          json: { associatedUuid: '{job}', event: 'FAILED', url: '{user}@example.org', persistent: true },
          needs: result({ ...SUBSCRIPTION, event: '=FAILED', persistent: 'true' }),
        },
        { by: 'swagger', send: 'DELETE /notifications/v2/{subscription}', status: 200 },
      ],
    },
  ],
};
