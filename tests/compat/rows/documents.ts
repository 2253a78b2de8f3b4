import { type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';

const cli = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'Tapis CLI',
  command,
  requests,
});

const DOCUMENT = { uuid: /-012$/, name: 'string', value: 'any', owner: '={user}', associationIds: 'array' };

const create: RecordedRequest = {
  by: 'swagger',
  send: 'POST /meta/v2/data',
  json: { name: 'sample', value: { colour: 'red', size: 3 }, associationIds: ['{job}'] },
  needs: result(DOCUMENT),
  keep: { document: 'result.uuid' },
};

const POSTIT = { postit: /^[0-9A-Za-z]{32}$/ };

/** Metadata, postits and profiles. */
export const DOCUMENT_ROWS: RowGroup = {
  title: 'Metadata, postits, profiles',
  rows: [
    cli(
      'meta create, meta update',
      { by: 'swagger', send: 'GET /profiles/v2/me' },
      { by: 'swagger', send: 'GET /systems/v2/?default=True' },
      create,
      { by: 'swagger', send: 'GET /meta/v2/data/{document}', needs: result(DOCUMENT) },
      {
        by: 'swagger',
        send: 'POST /meta/v2/data/{document}',
        json: { name: 'sample', value: { colour: 'blue' } },
        needs: result({ ...DOCUMENT, value: { colour: '=blue' } }),
      },
    ),
    cli(
      'meta list, search, show, delete',
      create,
      { by: 'direct', send: 'GET /meta/v2/data?limit=100&offset=0', needs: result([DOCUMENT]) },
      {
        by: 'direct',
        send: 'GET /meta/v2/data?limit=100&offset=0&privileged=True&q=%7B%22name%22%3A+%22sample%22%7D',
        needs: result([DOCUMENT]),
      },
      {
        by: 'direct',
        send: "GET /meta/v2/data?limit=100&offset=0&q=%7B'name'%3A+'sample'%7D",
        needs: result([DOCUMENT]),
      },
      { by: 'direct', send: 'GET /meta/v2/data?limit=100&offset=0&q=', needs: result([DOCUMENT]) },
      { by: 'direct', send: 'GET /meta/v2/data/{document}', needs: result(DOCUMENT) },
      { by: 'direct', send: 'DELETE /meta/v2/data/{document}', status: 200, needs: { version: 'string' } },
    ),
    cli(
      'postits create, list, delete',
      {
        by: 'swagger',
        send: 'POST /postits/v2/',
        json: {
          url: '{url}/files/v2/media/system/{storage}//home/{user}/words.txt',
          lifetime: '3600',
          maxUses: '2',
          method: 'GET',
        },
        needs: result(POSTIT),
        keep: { postit: 'result.postit' },
      },
      { by: 'direct', send: 'GET /postits/v2', needs: result([POSTIT]) },
      { by: 'anonymous', send: 'GET /postits/v2/{postit}', text: 'some words\nto count\n' },
      { by: 'direct', send: 'DELETE /postits/v2/{postit}', status: 200, needs: { version: 'string' } },
    ),
    cli(
      'profiles show self, show U, search --email eq X',
      { by: 'swagger', send: 'GET /profiles/v2/me', needs: result({ username: '={user}', email: 'string' }) },
      { by: 'swagger', send: 'GET /profiles/v2/{user}', needs: result({ username: '={user}' }) },
      {
        by: 'direct',
        send: 'GET /profiles/v2?email={user}@example.org',
        needs: result([{ username: '={user}' }]),
      },
    ),
  ],
};
