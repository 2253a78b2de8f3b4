import { NO_RESULT, type RecordedRequest, type Row, type RowGroup, result } from '../recorded-request.ts';
import { INIT_JOB } from './init-job.ts';
import { HISTORY, LISTING, listPems, RECORD, SUMMARY, showJob, submitOwn } from './job-requests.ts';

const cli = (command: string, ...requests: readonly RecordedRequest[]): Row => ({
  client: 'Tapis CLI',
  command,
  requests,
});

/** Jobs by the command line. */
export const JOB_ROWS: RowGroup = {
  title: 'Jobs from the command line',
  rows: [
    cli('jobs list', {
      by: 'direct',
      send: 'GET /jobs/v2?limit=100&offset=0',
      needs: result([SUMMARY]),
    }),
    cli('jobs list (none)', {
      by: 'direct',
      send: 'GET /jobs/v2?limit=100&offset=999',
      needs: result('empty'),
    }),
    cli(
      'jobs search --F MOD VALUE',
      ...[
        'name.like=*my job*',
        'name.like=my*',
        'name.like=*job!',
        'status.eq=FINISHED',
        'archive.eq=True',
        'appid.eq=wc-1.0',
        'nodecount.gte=1',
        'maxhours.lt=5',
        'created.on={today}',
        'created.after=2020-01-01',
        'lastupdated.gte=2020-01-01T00%3A00%3A00%2B00%3A00',
        'visible.eq=True',
        'systemid.eq=local',
        'id.eq={job}',
      ].map(
        (term): RecordedRequest => ({
          by: 'direct',
          send: `GET /jobs/v2?limit=100&offset=0&${term.replaceAll(' ', '+')}`,
          needs: result([SUMMARY]),
        }),
      ),
    ),
    cli('jobs show ID', showJob),
    cli('jobs show ID -T', {
      ...showJob,
      needs: result({ maxHours: 'number', memoryPerNode: 'number', maxRunTime: 'string' }),
    }),
    cli('jobs status ID', {
      ...showJob,
      needs: result({ id: 'string', name: 'string', status: '=FINISHED' }),
    }),
    cli('jobs history ID', { by: 'swagger', send: 'GET /jobs/v2/{job}/history', needs: HISTORY }),
    cli(
      'jobs init APP',
      {
        by: 'swagger',
        send: 'GET /apps/v2/{app}',
        needs: result({
          name: 'string',
          executionSystem: 'string',
          inputs: [{ id: 'string', value: { visible: 'boolean', required: 'boolean' }, details: 'object' }],
          parameters: [{ id: 'string', value: { visible: 'boolean', type: 'string' } }],
        }),
      },
      {
        by: 'swagger',
        send: 'GET /systems/v2/{system}',
        needs: result({ queues: [{ name: 'string', default: 'boolean', maxRequestedTime: 'string' }] }),
      },
      { by: 'swagger', send: 'GET /profiles/v2/me', needs: result({ email: 'string' }) },
    ),
    cli(
      'jobs submit -F job.json',
      { by: 'swagger', send: 'GET /profiles/v2/me' },
      { by: 'swagger', send: 'GET /systems/v2/?default=True', needs: result('array') },
      { by: 'swagger', send: 'POST /jobs/v2/', json: INIT_JOB, needs: result(RECORD), status: 201 },
      {
        by: 'swagger',
        send: 'POST /jobs/v2/',
        json: {
          ...INIT_JOB,
          nodeCount: '2',
          memoryPerNode: '1',
          maxRunTime: '0:05:00',
          inputs: { query1: ['agave://store/pat/words.txt'] },
          archiveSystem: 'store',
          archivePath: 'pat/archive/by-hand',
        },
        needs: result({ nodeCount: 'number', memoryPerNode: 'number', archivePath: '=pat/archive/by-hand' }),
      },
      {
        by: 'swagger',
        send: 'POST /jobs/v2/',
        json: { ...INIT_JOB, memoryPerNode: 1.5, notifications: [] },
        needs: result({ memoryPerNode: 'number' }),
      },
    ),
    {
      ...cli('jobs cancel ID', submitOwn, {
        by: 'direct',
        send: 'POST /jobs/v2/{own}',
        json: { action: 'stop' },
        needs: result(RECORD),
      }),
      note: 'Answers with the job, whose `stopRequested` is true until its end is proven. `kill` ends it at once.',
    },
    {
      ...cli(
        'jobs resubmit ID',
        {
          by: 'direct',
          send: 'POST /jobs/v2/{job}/resubmit',
          empty: true,
          needs: result(RECORD),
          keep: { again: 'result.id' },
        },
        {
          by: 'swagger',
          send: 'GET /notifications/v2/?associatedUuid={again}',
          needs: result([{ event: '=*' }]),
        },
      ),
      note: 'Subscriptions are made again for the new job, as the documentation of the original says.',
    },
    cli(
      'jobs hide ID, jobs unhide ID',
      submitOwn,
      { by: 'direct', send: 'POST /jobs/v2/{own}/hide', empty: true },
      {
        by: 'swagger',
        send: 'GET /jobs/v2/{own}',
        status: 404,
        needs: { status: '=error', message: 'string' },
      },
      { by: 'direct', send: 'POST /jobs/v2/{own}/unhide', empty: true },
      { by: 'swagger', send: 'GET /jobs/v2/{own}', needs: result(RECORD) },
      { by: 'direct', send: 'POST /jobs/v2/{own}', json: { action: 'stop' } },
    ),
    cli(
      'jobs outputs list ID [PATH]',
      {
        by: 'swagger',
        send: 'GET /jobs/v2/{job}/outputs/listings//?limit=100&offset=0',
        needs: LISTING,
      },
      {
        by: 'swagger',
        send: 'GET /jobs/v2/{job}/outputs/listings//sub?limit=100&offset=0',
        needs: result([{ name: '=counts.txt|=.', path: 'string', type: '=file|=dir' }]),
      },
    ),
    cli(
      'jobs outputs download ID [PATH]',
      {
        by: 'swagger',
        send: 'GET /jobs/v2/{job}/outputs/listings//sub?limit=100&offset=0',
        needs: LISTING,
      },
      { by: 'direct', send: 'GET /jobs/v2/{job}/outputs/media/sub/counts.txt', text: '4\n' },
    ),
    cli(
      'jobs outputs logs ID',
      { ...showJob, needs: result({ name: '=my job!' }) },
      { by: 'direct', send: 'GET /jobs/v2/{job}/outputs/media/my-job-{job}.err', text: 'oops\n' },
      { by: 'direct', send: 'GET /jobs/v2/{job}/outputs/media/my-job-{job}.out', text: 'counted 10\n' },
    ),
    cli('jobs pems list ID', listPems),
    cli(
      'jobs pems grant, revoke, drop ID USER PEM',
      ...['ALL', 'READ', 'WRITE', 'READ_WRITE', 'EXECUTE', 'READ_EXECUTE', 'WRITE_EXECUTE', 'NONE'].map(
        (permission): RecordedRequest => ({
          by: 'swagger',
          send: 'POST /jobs/v2/{job}/pems',
          json: { username: '{other}', permission },
          needs: result({ username: '={other}', permission: 'object' }),
        }),
      ),
      listPems,
      { by: 'swagger', send: 'DELETE /jobs/v2/{job}/pems', needs: NO_RESULT },
      listPems,
    ),
  ],
};
