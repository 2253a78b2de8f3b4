import { type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';

const cli = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'Tapis CLI',
  command,
  requests,
});

const ENTRY = {
  name: 'string',
  path: /^\//,
  type: '=file|=dir',
  length: 'number',
  lastModified: 'date',
  permissions: 'string',
  mimeType: 'string',
  format: 'string',
  system: 'string',
};

const HOME = 'system/{storage}//home/{user}';

const list = (path: string, query = 'limit=100&offset=0'): RecordedRequest => ({
  by: 'swagger',
  send: `GET /files/v2/listings/${HOME}${path}?${query}`,
  needs: result([ENTRY]),
});

const RECEIPT = result({
  name: 'string',
  path: 'string',
  uuid: 'string',
  owner: 'string',
  lastModified: 'date',
  source: 'string|null',
  status: 'string',
  nativeFormat: 'string',
  systemId: '={storage}',
});

const manage = (path: string, action: string, to: string): RecordedRequest => ({
  by: 'swagger',
  send: `PUT /files/v2/media/${HOME}${path}`,
  json: { action, path: to },
  needs: RECEIPT,
});

const upload: RecordedRequest = {
  by: 'direct',
  send: `POST /files/v2/media/${HOME}/ldir/sub/`,
  upload: { fileName: 'binary.dat', content: 'a\0b\r\n' },
  needs: RECEIPT,
};

/** Files. */
export const FILE_ROWS: RowGroup = {
  title: 'Files',
  rows: [
    cli(
      'files list, files show URI',
      list(''),
      { ...list('', 'limit=1'), needs: result([{ ...ENTRY, name: '=.', type: '=dir' }]) },
      list('/words.txt', 'limit=2'),
      {
        ...list('/words.txt'),
        needs: result([{ ...ENTRY, name: '=words.txt', type: '=file' }]),
      },
    ),
    cli(
      'files mkdir, copy, move',
      manage('', 'mkdir', 'made'),
      manage('/words.txt', 'copy', '/home/{user}/made/words.txt'),
      manage('/made/words.txt', 'move', '/home/{user}/made/moved.txt'),
      list('/made/moved.txt'),
    ),
    cli('files upload URI LOCAL', manage('', 'mkdir', 'ldir'), manage('', 'mkdir', 'ldir/sub'), upload, {
      by: 'direct',
      send: `GET /files/v2/media/${HOME}/ldir/sub/binary.dat`,
      text: 'a\0b\r\n',
    }),
    cli('files download URI', list('/words.txt'), {
      by: 'direct',
      send: `GET /files/v2/media/${HOME}/words.txt`,
      text: 'some words\nto count\n',
    }),
    cli('files delete URI', upload, {
      by: 'swagger',
      send: `DELETE /files/v2/media/${HOME}/ldir/sub/binary.dat`,
      needs: { version: 'string' },
    }),
    cli('files history URI', upload, {
      by: 'swagger',
      send: `GET /files/v2/history/${HOME}/ldir/sub/binary.dat?limit=100&offset=0`,
      needs: result([{ status: 'string', created: 'date' }]),
    }),
    cli(
      'files pems list, show, grant, revoke, drop',
      {
        by: 'swagger',
        send: `POST /files/v2/pems/${HOME}/words.txt`,
        json: { username: '{other}', permission: 'READ' },
        needs: { version: 'string' },
      },
      {
        by: 'swagger',
        send: `GET /files/v2/pems/${HOME}/words.txt?limit=100&offset=0`,
        needs: result([{ username: 'string', permission: { read: 'boolean' } }]),
      },
      {
        by: 'direct',
        send: 'GET /files/v2/pems/system/{storage}//home/{user}/words.txt?username.eq={other}',
        needs: result([{ username: '={other}', permission: { read: 'true' } }]),
      },
      {
        by: 'swagger',
        send: `POST /files/v2/pems/${HOME}/words.txt`,
        json: { username: '{other}', permission: 'NONE' },
        needs: { version: 'string' },
      },
      { by: 'swagger', send: `DELETE /files/v2/pems/${HOME}/words.txt`, needs: { version: 'string' } },
    ),
    {
      client: 'AgavePy',
      command: 'files.importData(urlToIngest, fileName)',
      requests: [
        {
          by: 'swagger',
          send: `POST /files/v2/media/${HOME}/`,
          form: { urlToIngest: 'agave://{storage}//home/{user}/words.txt', fileName: 'imported.txt' },
          needs: result({ name: '=imported.txt', _links: { history: { href: 'url' } } }),
        },
      ],
    },
  ],
};
