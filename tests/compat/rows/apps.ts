import { type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';

const cli = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'Tapis CLI',
  command,
  requests,
});

const APP = {
  id: 'string',
  name: 'string',
  version: 'string',
  executionSystem: 'string',
  inputs: 'array',
  parameters: 'array',
  lastModified: 'date',
  _links: 'object',
};

const exists: RecordedRequest = {
  by: 'swagger',
  send: 'GET /apps/v2/{user}-app-1.0',
  needs: result(APP),
};

const OWN_APP = {
  name: '{user}-app',
  version: '1.0',
  label: 'Counts words',
  parallelism: 'SERIAL',
  executionType: 'CLI',
  executionSystem: '{system}',
  deploymentSystem: '{storage}',
  deploymentPath: 'apps/wc',
  templatePath: 'wrapper.sh',
  testPath: 'wrapper.sh',
  inputs: [],
  parameters: [],
};

const act = (action: string, more: object = {}): RecordedRequest => ({
  by: 'swagger',
  send: 'PUT /apps/v2/{user}-app-1.0',
  json: { action, ...more },
  needs: result(APP),
});

const PERMISSION = {
  username: 'string',
  permission: { read: 'boolean', write: 'boolean', execute: 'boolean' },
};

/** Apps. */
export const APP_ROWS: RowGroup = {
  title: 'Apps',
  rows: [
    cli(
      'apps create -F, apps update -F APP',
      { by: 'swagger', send: 'GET /profiles/v2/me' },
      { by: 'swagger', send: 'GET /systems/v2/?default=True', needs: result('array') },
      {
        by: 'swagger',
        send: 'POST /apps/v2/',
        json: OWN_APP,
        needs: result({ ...APP, id: '={user}-app-1.0' }),
      },
      {
        by: 'swagger',
        send: 'POST /apps/v2/{user}-app-1.0',
        json: { ...OWN_APP, label: 'Counts' },
        needs: result({ ...APP, label: '=Counts' }),
      },
    ),
    cli(
      'apps list, apps search',
      {
        by: 'direct',
        send: 'GET /apps/v2?limit=100&offset=0',
        needs: result([{ id: 'string', label: 'string|null' }]),
      },
      {
        by: 'direct',
        send: 'GET /apps/v2?limit=100&offset=0&executionsystem.like=*loc*',
        needs: result([{ id: 'string', executionSystem: '=local' }]),
      },
      { by: 'swagger', send: 'GET /apps/v2/?publicOnly=False&privateOnly=True', needs: result('array') },
    ),
    cli('apps show APP', exists, exists),
    cli('apps show APP (unknown)', {
      by: 'swagger',
      send: 'GET /apps/v2/nothing-1.0',
      status: 404,
      needs: { status: '=error', message: 'string' },
    }),
    cli('apps enable, disable APP', exists, act('disable'), act('enable')),
    cli(
      'apps clone APP',
      exists,
      act('clone', { name: '{user}-copy', version: '2.0', executionSystem: '{system}' }),
      { by: 'swagger', send: 'GET /apps/v2/{user}-copy-2.0', needs: result(APP) },
    ),
    {
      ...cli('apps publish APP', exists, { ...act('publish'), as: 'administrator' }),
      note: 'For administrators of the service, as in the original.',
    },
    cli('apps history APP', exists, {
      by: 'direct',
      send: 'GET /apps/v2/{user}-app-1.0/history?limit=100&offset=0',
      needs: result([{ status: 'string', created: 'date', description: 'string' }]),
    }),
    cli(
      'apps pems list, show, grant APP U PEM',
      exists,
      {
        by: 'swagger',
        send: 'POST /apps/v2/{user}-app-1.0/pems',
        json: { username: '{other}', permission: 'READ_EXECUTE' },
        needs: { version: 'string' },
      },
      {
        by: 'swagger',
        send: 'GET /systems/v2/{system}/roles/{other}',
        status: 404,
        needs: { status: '=error' },
      },
      ...['{system}', '{storage}'].map(
        (system): RecordedRequest => ({
          by: 'swagger',
          send: `POST /systems/v2/${system}/roles`,
          json: { username: '{other}', role: 'USER' },
          needs: result([{ username: 'string', role: 'string' }]),
        }),
      ),
      { by: 'swagger', send: 'GET /apps/v2/{user}-app-1.0/pems', needs: result([PERMISSION]) },
      {
        by: 'direct',
        send: 'GET /apps/v2/{user}-app-1.0/pems/{other}',
        needs: result({ username: '={other}', permission: { read: 'true', execute: 'true' } }),
      },
    ),
    cli(
      'apps pems revoke, drop APP',
      exists,
      {
        by: 'swagger',
        send: 'POST /apps/v2/{user}-app-1.0/pems',
        json: { username: '{other}', permission: 'NONE' },
        needs: { version: 'string' },
      },
      { by: 'swagger', send: 'DELETE /apps/v2/{user}-app-1.0/pems', needs: { version: 'string' } },
      { by: 'swagger', send: 'GET /apps/v2/{user}-app-1.0/pems', needs: result('array') },
    ),
  ],
};
