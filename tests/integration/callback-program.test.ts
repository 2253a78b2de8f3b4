import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { CALLBACK_FILE, renderCallbackFile } from '../../packages/server/src/domain/callback-macros.ts';
import { renderProgram } from '../../packages/server/src/domain/wrapper-template.ts';

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

let root: string;
let server: Server;
let calls: Call[] = [];
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-callback-'));
  server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push({ method: request.method, url: request.url, body });
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

/** Runs a template as a job's program; the callback goes to the server of this file, or to `port`. */
async function run(template: string, more: { path?: string; port?: number } = {}) {
  calls = [];
  const directory = await mkdtemp(join(root, 'job-'));
  const program = renderProgram({ template, macros: [], directives: [], environment: '', modules: [] });
  await mkdir(join(directory, '.arras'));
  await writeFile(join(directory, '.arras/values'), program.values);
  const port = more.port ?? (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}/job/1/token/CANARY/status/HEARTBEAT`;
  await writeFile(join(directory, CALLBACK_FILE), renderCallbackFile(url), { mode: 0o600 });
  await writeFile(join(directory, 'p.ipcexe'), program.script);
  const child = spawn('/bin/bash', [join(directory, 'p.ipcexe')], {
    cwd: '/',
    env: { PATH: more.path ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, 'exit');
  const [stdout, stderr] = await output;
  return { code, stdout, stderr, script: program.script, directory };
}

test('a heartbeat calls the address of the job, also from another directory and under strict options', async () => {
  const ran = await run('set -euo pipefail\ncd /tmp\n${AGAVE_JOB_CALLBACK_ALIVE}\necho after');
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'after\n', '']);
  assert.deepEqual(calls, [{ method: 'GET', url: '/job/1/token/CANARY/status/HEARTBEAT', body: '' }]);
});

test('a notification sends the named variables as JSON, whatever is in them', async () => {
  const template = [
    'set -euo pipefail',
    'plain=7',
    `odd=$'a "b" \\\\ c\\n\\td\\r\\001 é€𝄞 $(touch pwned) & \\'x\\''`,
    '${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|plain,of:odd,missing}',
    '${AGAVE_JOB_CALLBACK_NOTIFICATION|plain}',
  ].join('\n');
  const ran = await run(template);
  assert.deepEqual([ran.code, ran.stderr], [0, '']);
  assert.deepEqual(
    calls.map((call) => [call.method, JSON.parse(call.body)]),
    [
      [
        'POST',
        {
          CUSTOM_USER_JOB_EVENT_NAME: 'STEP_DONE',
          plain: '7',
          of: 'a "b" \\ c\n\td\r é€𝄞 $(touch pwned) & \'x\'',
          missing: '',
        },
      ],
      ['POST', { CUSTOM_USER_JOB_EVENT_NAME: 'JOB_RUNTIME_CALLBACK_EVENT', plain: '7' }],
    ],
  );
});

test('the token is in no argument, variable or script', async () => {
  const bin = await mkdtemp(join(root, 'bin-'));
  await writeFile(
    join(bin, 'curl'),
    `#!/bin/bash\nprintf '%s\\n' "$@" > "${bin}/args"; env > "${bin}/env"; cat >/dev/null\n`,
  );
  await chmod(join(bin, 'curl'), 0o755);
  const ran = await run('x=1\n${AGAVE_JOB_CALLBACK_NOTIFICATION|A|x}\nset', { path: `${bin}:/usr/bin:/bin` });
  const seen = await Promise.all([readFile(join(bin, 'args'), 'utf8'), readFile(join(bin, 'env'), 'utf8')]);
  assert.match(seen[0], /--config/);
  assert.doesNotMatch([...seen, ran.stdout, ran.script].join('\n'), /CANARY/);
});

test('a program goes on when the service does not answer, and the log says why', async () => {
  const ran = await run('set -e\n${AGAVE_JOB_CALLBACK_ALIVE}\necho after', { port: 1 });
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'after\n', '']);
  assert.match(await readFile(join(ran.directory, '.agave.log'), 'utf8'), /curl/);
});

test('a program goes on where there is no curl', async () => {
  const bin = await mkdtemp(join(root, 'bin-'));
  await writeFile(join(bin, 'cat'), '#!/bin/bash\nwhile read -r; do :; done\n', { mode: 0o755 });
  const ran = await run(
    'set -e\n${AGAVE_JOB_CALLBACK_ALIVE}\n${AGAVE_JOB_CALLBACK_NOTIFICATION|A}\necho after',
    { path: bin },
  );
  assert.deepEqual([ran.code, ran.stdout], [0, 'after\n']);
});

test('a template without callbacks has nothing of them', async () => {
  const ran = await run('echo ${AGAVE_JOB_CALLBACK_FAILURE}');
  assert.equal(ran.script.includes('arras_call'), false);
});
