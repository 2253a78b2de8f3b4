import { NO_RESULT, type RowGroup, result } from '../recorded-request.ts';

const TOKENS = { access_token: 'string', refresh_token: 'string', expires_in: 'number', status: 'absent' };
const TENANTS = result([{ code: 'string', baseUrl: /^https:\/\/.*\/$/, name: 'string' }]);
const PASSWORD = {
  grant_type: 'password',
  username: '{user}',
  password: '{password}',
  scope: 'PRODUCTION',
};

/** How the clients sign in. */
export const AUTH_ROWS: RowGroup = {
  title: 'Signing in',
  rows: [
    {
      client: 'Tapis CLI',
      command: 'auth init --tenant-id T --username U --password P',
      requests: [
        { by: 'anonymous', send: 'GET /tenants', needs: TENANTS },
        { by: 'password', send: 'DELETE /clients/v2/_cli-arras-{user}-node.example.org', status: 404 },
        {
          by: 'password',
          send: 'POST /clients/v2/',
          json: { clientName: '_cli-arras-{user}-node.example.org', description: 'Tapis CLI' },
          needs: result({ consumerKey: 'string', consumerSecret: 'string' }),
          keep: { key: 'result.consumerKey', secret: 'result.consumerSecret' },
        },
        {
          by: 'consumer',
          send: 'POST /token',
          form: PASSWORD,
          needs: TOKENS,
          keep: { token: 'access_token' },
        },
        { by: 'anonymous', send: 'GET /tenants', needs: TENANTS },
        { by: 'swagger', send: 'GET /profiles/v2/me', needs: result({ username: 'string' }) },
        { by: 'password', send: 'DELETE /clients/v2/_cli-arras-{user}-node.example.org', needs: NO_RESULT },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'auth init (signed in already)',
      requests: [
        {
          by: 'swagger',
          send: 'GET /profiles/v2/me',
          needs: result({ username: 'string', email: 'string' }),
        },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'auth tokens create --password P',
      requests: [
        { by: 'consumer', send: 'POST /token', form: PASSWORD, needs: TOKENS },
        {
          by: 'consumer',
          send: 'POST /token',
          form: { ...PASSWORD, password: 'wrong' },
          status: 400,
          needs: { error: '=invalid_grant' },
        },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'auth tokens create --token-username X',
      note: 'For administrators only, as in the original.',
      requests: [
        {
          by: 'consumer',
          send: 'POST /token',
          form: {
            token_username: '{other}',
            username: '{user}',
            password: '{password}',
            scope: 'PRODUCTION',
            grant_type: 'admin_password',
          },
          status: 400,
          needs: { error: '=unauthorized_client' },
        },
      ],
    },
    {
      client: 'Tapis CLI',
      command: 'auth tokens refresh (and before every other command)',
      note: 'A refresh token stays good for 30 days after its last use, also when several refresh at once.',
      requests: [1, 2].map(() => ({
        by: 'consumer',
        send: 'POST /token',
        form: { grant_type: 'refresh_token', scope: 'PRODUCTION', refresh_token: '{refresh}' },
        needs: TOKENS,
      })),
    },
    {
      client: 'AgavePy',
      command: 'clients.create, list, getClientByName, delete',
      requests: [
        {
          by: 'password',
          send: 'POST /clients/v2/',
          json: { clientName: 'notebook', description: '' },
          needs: result({ consumerKey: 'string', consumerSecret: 'string', name: '=notebook' }),
        },
        { by: 'password', send: 'GET /clients/v2/', needs: result([{ name: 'string' }]) },
        { by: 'password', send: 'GET /clients/v2/notebook', needs: result({ name: '=notebook' }) },
        { by: 'password', send: 'DELETE /clients/v2/notebook', needs: { version: 'string' } },
      ],
    },
    {
      client: 'AgavePy',
      command: 'clients_create()',
      requests: [
        {
          by: 'password',
          send: 'POST /clients/v2',
          form: { clientName: 'by-form', description: '', tier: 'Unlimited', callbackUrl: '' },
          needs: result({ consumerKey: 'string', consumerSecret: 'string' }),
        },
        { by: 'password', send: 'DELETE /clients/v2/by-form', needs: { version: 'string' } },
      ],
    },
  ],
};
