import { NO_RESULT, type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';
import { INIT_JOB } from './init-job.ts';
import { HISTORY, LISTING, listPems, RECORD, SUMMARY, showJob, submitOwn } from './job-requests.ts';

const library = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'AgavePy',
  command,
  requests,
});

/** Jobs by AgavePy. */
export const JOB_CALL_ROWS: RowGroup = {
  title: 'Jobs from Python',
  rows: [
    library(
      'jobs.list(limit, offset, search, filter, query)',
      { by: 'swagger', send: 'GET /jobs/v2/', needs: result([SUMMARY]) },
      {
        by: 'swagger',
        send: 'GET /jobs/v2/?limit=5&offset=0&status.eq=FINISHED&filter=id%2Cstatus&pretty=true',
        needs: result([{ id: 'string', status: '=FINISHED', name: 'absent' }]),
      },
      { by: 'swagger', send: 'GET /jobs/v2/?id.like={job}', needs: result([{ id: '={job}' }]) },
    ),
    library('jobs.submit(body)', {
      by: 'swagger',
      send: 'POST /jobs/v2/',
      json: INIT_JOB,
      needs: result(RECORD),
    }),
    library(
      'jobs.get, getStatus, getHistory',
      showJob,
      {
        by: 'swagger',
        send: 'GET /jobs/v2/{job}/status',
        needs: result({ id: '={job}', status: '=FINISHED' }),
      },
      { by: 'swagger', send: 'GET /jobs/v2/{job}/history?limit=2&offset=1', needs: HISTORY },
    ),
    library(
      "jobs.manage(body={'action': …})",
      submitOwn,
      { by: 'swagger', send: 'POST /jobs/v2/{own}', json: { action: 'stop' }, needs: result(RECORD) },
      { by: 'swagger', send: 'POST /jobs/v2/{job}', json: { action: 'resubmit' }, needs: result(RECORD) },
    ),
    library(
      'jobs.delete',
      submitOwn,
      { by: 'swagger', send: 'DELETE /jobs/v2/{own}', needs: NO_RESULT },
      { by: 'swagger', send: 'GET /jobs/v2/{own}', status: 404 },
    ),
    library(
      'jobs.listOutputs(filePath)',
      ...['', '/', 'sub', '/sub'].map(
        (path): RecordedRequest => ({
          by: 'swagger',
          send: `GET /jobs/v2/{job}/outputs/listings/${path}?limit=10&offset=0`,
          needs: LISTING,
        }),
      ),
    ),
    library(
      'jobs.listPermissions, updatePermissions, deletePermissions',
      listPems,
      {
        by: 'swagger',
        send: 'POST /jobs/v2/{job}/pems',
        json: { username: '{other}', permission: 'READ' },
        needs: result('object'),
      },
      { by: 'swagger', send: 'DELETE /jobs/v2/{job}/pems' },
    ),
    {
      ...library(
        'jobs.listPermissionsForUser, updatePermissionsForUser',
        {
          by: 'swagger',
          send: 'POST /jobs/v2/{job}/pems/{other}',
          json: { permission: 'READ' },
          needs: result('object'),
        },
        { by: 'swagger', send: 'GET /jobs/v2/{job}/pems/{other}', needs: result({ username: '={other}' }) },
        { by: 'swagger', send: 'DELETE /jobs/v2/{job}/pems/{other}' },
      ),
      note: 'One user is one object, as in the original. AgavePy declares a list and shows that object as such.',
    },
    library(
      'geturl, download_uri',
      { by: 'swagger', send: 'GET /jobs/v2/{job}/outputs/media/sub/counts.txt', text: '4\n' },
      {
        by: 'swagger',
        send: 'GET /files/v2/media/system/{storage}/{user}/words.txt',
        text: 'some words\nto count\n',
      },
    ),
    library('AgaveAsyncResponse(ag, job)', {
      by: 'swagger',
      send: 'GET {historyPath}',
      needs: result([{ status: 'string', created: 'date' }]),
    }),
  ],
};
