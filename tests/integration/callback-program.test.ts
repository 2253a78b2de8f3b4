import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { createMessageKeys } from '../../packages/server/src/auth/message-keys.ts';
import { renderCallbackFile } from '../../packages/server/src/domain/callback-macros.ts';
import {
  parseMessageFile,
  parseMessageHeader,
  signedBytes,
} from '../../packages/server/src/domain/job-message.ts';
import {
  CALLBACK_FILE,
  NOTIFY_COMMAND,
  NOTIFY_SCRIPT,
  SIGN_FILE,
} from '../../packages/server/src/domain/message-script.ts';
import { renderProgram } from '../../packages/server/src/domain/wrapper-template.ts';

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

const TAG = 'tj-1674389564419740136-242ac113-0001-007-3';
const KEYS = createMessageKeys([new Uint8Array(32).fill(9)]);

let root: string;
let server: Server;
let calls: Call[] = [];
/** The header with number and signature of each call. */
let signatures: (string | undefined)[] = [];
let status = 200;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arras-callback-'));
  server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push({ method: request.method, url: request.url, body });
      signatures.push(request.headers['arras-message']?.toString());
      response.writeHead(status).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

/**
 * Runs a template as a job's program; the callback goes to the server of this file, or to `port`. A signing one is what
 * the wrapper makes of it.
 */
async function run(
  template: string,
  more: { path?: string; port?: number; signing?: boolean; answer?: number } = {},
) {
  calls = [];
  signatures = [];
  status = more.answer ?? 200;
  const directory = await mkdtemp(join(root, 'job-'));
  const program = renderProgram({ template, macros: [], environment: '', modules: [] });
  await mkdir(join(directory, '.arras'));
  await writeFile(join(directory, '.arras/values'), program.values);
  const port = more.port ?? (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}/job/1/token/CANARY/status/HEARTBEAT`;
  await writeFile(join(directory, CALLBACK_FILE), renderCallbackFile(url), { mode: 0o600 });
  await writeFile(join(directory, 'p.ipcexe'), program.script);
  const spool = join(directory, 'spool');
  await mkdir(spool);
  const path = more.path ?? '/usr/bin:/bin';
  const signing = { ARRAS_TRY: TAG, ARRAS_SPOOL: spool, PATH: `${path}:${join(directory, '.arras')}` };
  if (more.signing) {
    await writeFile(join(directory, SIGN_FILE), KEYS.blocksOf(TAG), { mode: 0o600 });
    await writeFile(join(directory, '.arras', NOTIFY_COMMAND), NOTIFY_SCRIPT, { mode: 0o700 });
  }
  const child = spawn('/bin/bash', [join(directory, 'p.ipcexe')], {
    cwd: '/',
    env: { PATH: path, LC_ALL: 'C.UTF-8', ...(more.signing && signing) },
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, 'exit');
  const [stdout, stderr] = await output;
  return { code, stdout, stderr, script: program.script, directory, messages: await readNews(spool) };
}

/** What lies in the spool, in its order, each with a good signature. */
async function readNews(spool: string) {
  const news = join(spool, 'news');
  const names = await readdir(news).catch(() => []);
  const messages = await Promise.all(
    names
      .sort((a, b) => (a < b ? -1 : 1))
      .map(async (name) => parseMessageFile(name, await readFile(join(news, name)))),
  );
  return messages.map((message) => {
    assert.ok(message);
    assert.equal(KEYS.isSignedBy(TAG, signedBytes(message), message.signature), true);
    return { kind: message.kind, data: Buffer.from(message.data).toString('utf8') };
  });
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

/** Everything that a shell, a JSON text or a signature could stumble over. */
const ODD_BYTES = `$'\\n\\n"\\\\ %s \\\\x00 %n $(touch pwned) \\xff\\xfe é 𝄞 \\e[31m'`;
const SAYING = [
  'set -euCo pipefail; trap "echo trapped >&2" ERR DEBUG; readonly kind=1 data=2',
  `odd=${ODD_BYTES}`,
  '${AGAVE_JOB_CALLBACK_ALIVE}',
  '${AGAVE_JOB_CALLBACK_NOTIFICATION|STEP_DONE|of:odd}',
].join('\n');

test('where there is a route each call is signed over its number, its kind and its bytes', async () => {
  const ran = await run(SAYING, { signing: true });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(ran.messages, []);
  assert.equal(calls.length, 2);
  for (const [index, kind] of (['HEARTBEAT', 'EVENT'] as const).entries()) {
    const { number = '', signature = '' } = parseMessageHeader(signatures[index] ?? '') ?? {};
    const data = Buffer.from(calls[index]?.body ?? '', 'utf8');
    // The bytes that are no UTF-8 got lost when the test read them as text.
    if (kind === 'HEARTBEAT')
      assert.ok(KEYS.isSignedBy(TAG, signedBytes({ tag: TAG, number, kind, data }), signature));
    assert.match(number, /^1\d{18}$/);
  }
});

for (const [what, more] of [
  ['where there is no route', { port: 1 }],
  ['where there is no curl', { path: '' }],
  ['where the answer is a refusal', { answer: 503 }],
] as const) {
  test(`${what} what a program says goes into the spool, signed, in its order, whatever is in it`, async () => {
    const bin = await mkdtemp(join(root, 'bin-'));
    for (const tool of ['head', 'tail', 'sha256sum', 'mkdir', 'mv', 'rm', 'cat', 'date'])
      await symlink(`/usr/bin/${tool}`, join(bin, tool));
    const ran = await run(SAYING, { signing: true, ...more, ...('path' in more && { path: bin }) });
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(
      ran.messages.map(({ kind }) => kind),
      ['HEARTBEAT', 'EVENT'],
    );
    assert.match(
      JSON.parse(ran.messages[1]?.data ?? '').of,
      /^\n\n"\\ %s \\x00 %n \$\(touch pwned\) .* é 𝄞 \[31m$/,
    );
    assert.equal((await readdir(join(ran.directory, 'spool/news'))).length, 2, 'no part is left');
    assert.doesNotMatch(ran.stdout + ran.script, /CANARY/);
  });
}

test('a route that failed is left alone for a while, and one that only refuses is not', async () => {
  const twice = '${AGAVE_JOB_CALLBACK_ALIVE}\n${AGAVE_JOB_CALLBACK_ALIVE}';
  const failed = await run(twice, { signing: true, port: 1 });
  const said = await readFile(join(failed.directory, '.agave.log'), 'utf8');
  assert.equal(said.match(/curl/g)?.length, 1, said);
  assert.equal(failed.messages.length, 2);
  const refused = await run(twice, { signing: true, answer: 429 });
  assert.equal(calls.length, 2);
  assert.equal(refused.messages.length, 2);
});

test('any program can send an event with a command, and learns from its exit code whether it went', async () => {
  const template = [
    'cd /tmp',
    'env bash --norc -c "arras-notify && arras-notify STEP of=\'a b=c\' empty="',
    'echo "$?"; arras-notify "a b"; echo "$?"; arras-notify STEP novalue; echo "$?"',
  ].join('\n');
  const ran = await run(template, { signing: true });
  assert.equal(ran.stdout, '0\n2\n2\n', ran.stderr);
  assert.match(ran.stderr, /^usage: arras-notify/);
  assert.deepEqual(
    calls.map((call) => call.method),
    ['GET', 'POST'],
  );
  assert.deepEqual(JSON.parse(calls[1]?.body ?? ''), {
    CUSTOM_USER_JOB_EVENT_NAME: 'STEP',
    of: 'a b=c',
    empty: '',
  });
});

test('neither key nor token is in an argument, a variable or the output', async () => {
  const bin = await mkdtemp(join(root, 'bin-'));
  const spy = `#!/bin/bash\n{ printf '%s\\n' "$@"; env; } >> "${bin}/seen"\nexec "/usr/bin/\${0##*/}" "$@"\n`;
  for (const tool of ['curl', 'head', 'tail', 'sha256sum', 'mv', 'mkdir'])
    await writeFile(join(bin, tool), spy, { mode: 0o755 });
  const ran = await run(SAYING, { signing: true, port: 1, path: `${bin}:/usr/bin:/bin` });
  assert.equal(ran.messages.length, 2);
  const seen = [await readFile(join(bin, 'seen'), 'latin1'), ran.stdout, ran.stderr, ran.script].join('\n');
  const block = Buffer.from(KEYS.blocksOf(TAG)).toString('latin1');
  assert.doesNotMatch(seen, /CANARY/);
  for (let at = 0; at < 128; at += 32) assert.equal(seen.includes(block.slice(at, at + 8)), false);
});
