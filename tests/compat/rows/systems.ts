import { type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';

const cli = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'Tapis CLI',
  command,
  requests,
});

const SYSTEM = {
  id: 'string',
  name: 'string',
  type: '=EXECUTION|=STORAGE',
  status: 'string',
  _links: 'object',
};
const SUMMARY = result([{ id: 'string', name: 'string', type: 'string', default: 'boolean' }]);

/** Of another site, and entered with its host key: nothing of it is asked at the registration. */
const OWN_SYSTEM = {
  id: '{user}.storage',
  name: 'Our storage',
  type: 'STORAGE',
  storage: {
    protocol: 'SFTP',
    host: 'storage.example.org',
    port: 22,
    rootDir: '/',
    homeDir: '/home/pat',
    hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
    auth: { type: 'PASSWORD', username: 'pat', password: 'secret of pat' },
  },
};

const show = (id: string): RecordedRequest => ({
  by: 'swagger',
  send: `GET /systems/v2/${id}`,
  needs: result({ ...SYSTEM, storage: { protocol: 'string', auth: { password: 'absent' } } }),
});

const act = (action: string): RecordedRequest => ({
  by: 'swagger',
  send: 'PUT /systems/v2/{user}.storage',
  json: { action },
  needs: result({ ...SYSTEM, id: '={user}.storage' }),
});

/** Systems. */
export const SYSTEM_ROWS: RowGroup = {
  title: 'Systems',
  rows: [
    {
      ...cli(
        'systems create -F, systems update -F ID',
        { by: 'swagger', send: 'GET /profiles/v2/me' },
        { by: 'swagger', send: 'GET /systems/v2/?default=True', needs: result('array') },
        { by: 'swagger', send: 'POST /systems/v2/', json: OWN_SYSTEM, needs: result(SYSTEM) },
        {
          by: 'swagger',
          send: 'POST /systems/v2/{user}.storage',
          json: { ...OWN_SYSTEM, name: 'Our new storage' },
          needs: result({ ...SYSTEM, name: '=Our new storage' }),
        },
      ),
      note: 'A system without `hostKeys` is asked for its key once, at the registration; no other key counts later.',
    },
    cli(
      'systems list, systems search',
      { by: 'direct', send: 'GET /systems/v2?limit=100&offset=0', needs: SUMMARY },
      { by: 'direct', send: 'GET /systems/v2?limit=100&offset=0&type.eq=EXECUTION', needs: SUMMARY },
      {
        by: 'direct',
        send: 'GET /systems/v2?limit=100&offset=0&default.eq=True&name.like=*tor*',
        needs: SUMMARY,
      },
      { by: 'swagger', send: 'GET /systems/v2/?publicOnly=False&type=STORAGE', needs: SUMMARY },
    ),
    cli('systems show ID, systems status ID', {
      ...show('{system}'),
      needs: result({ ...SYSTEM, login: 'object', storage: 'object', queues: [{ name: 'string' }] }),
    }),
    cli('systems show ID (storage)', {
      ...show('{storage}'),
      needs: result({ ...SYSTEM, login: 'absent', storage: 'object' }),
    }),
    cli('systems queues list ID', {
      by: 'direct',
      send: 'GET /systems/v2/{system}/queues?limit=100&offset=0',
      needs: result([
        {
          name: '=normal',
          default: 'boolean',
          description: 'string|null',
          maxUserJobs: 'number',
          maxRequestedTime: 'string',
        },
      ]),
    }),
    cli('systems history ID', {
      by: 'direct',
      send: 'GET /systems/v2/{user}.storage/history?limit=100&offset=0',
      needs: result([{ status: 'string', created: 'date', description: 'string' }]),
    }),
    cli(
      'systems roles list, show, grant, revoke, drop',
      {
        by: 'swagger',
        send: 'POST /systems/v2/{user}.storage/roles',
        json: { username: '{other}', role: 'USER' },
        needs: result([{ username: 'string', role: 'string' }]),
      },
      {
        by: 'swagger',
        send: 'GET /systems/v2/{user}.storage/roles',
        needs: result([{ username: 'string', role: 'string' }]),
      },
      {
        by: 'swagger',
        send: 'GET /systems/v2/{user}.storage/roles/{other}',
        needs: result({ username: '={other}', role: '=USER' }),
      },
      {
        by: 'swagger',
        send: 'DELETE /systems/v2/{user}.storage/roles/{other}',
        needs: { status: '=success', version: 'string', result: 'absent' },
      },
      { by: 'swagger', send: 'GET /systems/v2/{user}.storage/roles/{other}', status: 404 },
      {
        by: 'swagger',
        send: 'DELETE /systems/v2/{user}.storage/roles',
        needs: { status: '=success', version: 'string', result: 'absent' },
      },
    ),
    cli('systems enable, disable ID', act('disable'), act('enable')),
    cli('systems default set, unset ID', act('setDefault'), act('unsetDefault')),
    {
      client: 'AgavePy',
      command: 'systems.manage(body="action=setDefault")',
      requests: ['setDefault', 'unsetDefault'].map((action) => ({
        by: 'swagger',
        send: 'PUT /systems/v2/{user}.storage',
        form: { action },
        needs: result(SYSTEM),
      })),
    },
    {
      ...cli(
        'systems publish, unpublish, default set -G, unset -G',
        ...['publish', 'setGlobalDefault', 'unsetGlobalDefault', 'unpublish'].map(
          (action): RecordedRequest => ({ ...act(action), as: 'administrator' }),
        ),
      ),
      note: 'For administrators of the service, as in the original.',
    },
  ],
};
