import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts';

let bed: CliBed;
let receiver: Receiver;
before(async () => {
  bed = await startCliBed({ ARRAS_EGRESS_ALLOW: '127.0.0.0/8' });
  receiver = await startReceiver();
});
after(async () => {
  await receiver[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

/** Runs a command that has to go well and gives what it prints. */
async function out(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bed.run(args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const json = async (...args: readonly string[]) => JSON.parse(await out(...args, '-v'));

/** Calls that came for a path, in their order. */
const callsTo = (path: string): Received[] => receiver.received.filter((call) => call.path.startsWith(path));

const eventOf = ({ body }: Received) => JSON.parse(body).event as { name: string; seq: number; id: string };

async function create(path: string, ...more: readonly string[]): Promise<string> {
  return (await out('notifications', 'create', '--url', `${receiver.url}${path}`, ...more)).trim();
}

test('a subscription is created, listed, shown, changed and deleted', async () => {
  const job = await bed.submit('wait-1.0');
  const id = await create('/ok/${EVENT}', '--event', 'stopped', '--job', job, '--retry-limit', '3');
  assert.match(await out('notifications', 'list', job), new RegExp(`\n${id} +stopped +${receiver.url}/ok/`));
  assert.match(await out('notify', 'list'), /ACTIVE/);
  const shown = await out('notifications', 'show', 'last');
  assert.match(shown, /retries +IMMEDIATE, at most 3 attempts\n/);
  assert.match(shown, /persistent +no, it ends with its first delivery\n/);
  await out('notifications', 'update', id, '--persistent', '--event', 'STOPPED');
  assert.deepEqual(
    await json('notifications', 'show', id).then(({ event, persistent }) => [event, persistent]),
    ['STOPPED', true],
  );
  await out('notifications', 'delete', id.slice(0, 20));
  assert.equal((await bed.run(['notifications', 'show', id])).code, 6);
  await out('jobs', 'kill', job);
});

test('deliveries tell what became of every event, attempts what receivers said, and a replay repeats them', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  await bed.run(['jobs', 'watch', job]);
  const id = await create(
    '/code/503',
    '--event',
    '*',
    '--job',
    job,
    '--persistent',
    '--retry-strategy',
    'none',
  );
  await out('jobs', 'pems', 'grant', job, 'world', 'READ');
  const parked = async () =>
    /PERMISSION_GRANT +\d+ +parked +1 /.test(await out('notifications', 'deliveries', id));
  await eventually('the event is parked', parked);
  assert.match(
    await out('notifications', 'attempts', id),
    /PERMISSION_GRANT +1 +refused +503 +\d+ +scheduled/,
  );
  const one = await out('notifications', 'attempt', id);
  assert.match(
    one,
    /^PERMISSION_GRANT, attempt 1, \S+: refused 503 \(http\) after \d+ ms\n\nrequest\nPOST http:/,
  );
  assert.match(one, /\nX-Agave-Event: PERMISSION_GRANT\n(.+\n)*\n\{\n {2}"id"/);
  assert.match(one, /\nresponse\n(.+\n)*date: /);
  assert.match(await out('notifications', 'show', id), /oldest failure +attempt 1 at .*, code 503\n/);
  await out('notifications', 'update', id, '--url', `${receiver.url}/ok/repaired`);
  const dry = ['notifications', 'replay', '--failed', '--since', '2h', '--dry-run'];
  const [parkedOne] = await json('notifications', 'deliveries', id, '--state', 'parked');
  assert.equal(await out(...dry, '-q'), `${parkedOne.id}\n`, 'of all subscriptions');
  assert.equal(await out(...dry, id, '-q'), `${parkedOne.id}\n`);
  assert.equal((await bed.run(['notifications', 'replay'])).code, 2, 'not everything by mistake');
  const unclear = await bed.run(['notifications', 'replay', id, '--since', '5/6']);
  assert.equal(unclear.code, 2, 'nor everything since some day of 2001');
  assert.match(unclear.stderr, /"5\/6" is no time\.[\s\S]*such as 2h\.[\s\S]*try: Write --since 2h\./);
  assert.equal(await out('notifications', 'replay', id, '--failed', '--since', '1h'), '1\n');
  await eventually('the replay arrives', () => callsTo('/ok/repaired').length === 1);
  const delivered = async () => /delivered, replay/.test(await out('notifications', 'deliveries', id));
  await eventually('the replay is settled', delivered);
  const [old] = await json('notifications', 'deliveries', id, '--state', 'parked');
  assert.equal(callsTo('/ok/repaired').map(eventOf)[0]?.id, old.eventId);
  assert.equal(await out('notifications', 'replay', id), '0\n');
});

test('a delivery that waits for its next attempt says how often it was tried and when it is tried again', async () => {
  const job = await bed.submit('wait-1.0');
  const policy = ['--retry-strategy', 'delayed', '--retry-delay', '240', '--retry-limit', '8'];
  const id = await create('/code/500', '--event', 'KILLED', '--job', job, ...policy);
  await out('jobs', 'kill', job);
  const retrying = async () =>
    /KILLED +\d+ +retrying \(1\/8, next in 3m 5\ds\)/.test(await out('notifications', 'deliveries', id));
  await eventually('the delivery is retried later', retrying);
  await out('notifications', 'delete', id);
});

test('an attempt is made again with curl: the same bytes and headers, and the password from a variable', async () => {
  const job = await bed.submit('wait-1.0');
  const url = `${receiver.url.replace('://', '://ada:secret-word@')}/ok/again`;
  const id = (
    await out('notifications', 'create', '--url', url, '--secret', '--job', job, '--event', 'STOPPED')
  ).trim();
  await out('notifications', 'test', id);
  const [{ id: attempt }] = await json('notifications', 'attempts', id, '--all');
  const command = await out('notifications', 'attempt', id, attempt, '--curl');
  assert.doesNotMatch(command, /secret-word/);
  const env = { ...process.env, WEBHOOK_USER: 'ada:secret-word' };
  await promisify(execFile)('bash', ['-c', command.replace(/^curl/, 'curl -sS')], { env });
  const [first, again] = callsTo('/ok/again');
  assert.ok(first && again);
  assert.equal(again.body, first.body);
  for (const name of ['webhook-id', 'webhook-signature', 'x-agave-event', 'authorization', 'content-type'])
    assert.equal(again.headers[name], first.headers[name], name);
  await out('jobs', 'kill', job);
});

test('a test message says whether it arrived, also by its exit code', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  const good = await create('/ok/test', '--event', 'FINISHED', '--job', job);
  assert.match(await out('notifications', 'test', good), /outcome +delivered\ncode +200\n/);
  const bad = await create('/code/418', '--event', 'FAILED', '--job', job);
  const { code, stdout } = await bed.run(['notifications', 'test', bad]);
  assert.equal(code, 1);
  assert.match(stdout, /outcome +refused\ncode +418\n/);
});

test('a preview shows URL and body, and for an address the mail', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  await bed.run(['jobs', 'watch', job]);
  const url = 'https://example.com/trigger/job/${JOB_NAME}/${EVENT}';
  const webhook = await out('notifications', 'preview', url, '--job', 'last');
  assert.match(webhook, /^POST https:\/\/example\.com\/trigger\/job\/test%20job\/FINISHED\n\n\{\n/);
  const mail = await out('notifications', 'preview', 'ada@example.org', '--job', job, '--event', 'FAILED');
  assert.match(mail, /^To: ada@example\.org\nSubject: FAILED: test job \(job .*-007\)\n\nThe status of job /);
});

test('a secret is said once, signs the calls, and can be replaced', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  const target = ['--url', `${receiver.url}/ok/signed`, '--event', 'FINISHED', '--job', job];
  const made = await json('notifications', 'create', ...target, '--secret', '--persistent');
  const { stdout, stderr } = await bed.run(['notifications', 'rotate-secret', made.id]);
  const next = stdout.trim();
  assert.match(next, /^whsec_/);
  assert.match(stderr, /shown only now/);
  assert.notEqual(next, made.secret);
  await out('notifications', 'test', made.id);
  const call = callsTo('/ok/signed').at(-1);
  const headers = call?.headers as Record<string, string>;
  for (const secret of [made.secret, next]) assert.ok(new Webhook(secret).verify(call?.body ?? '', headers));
  assert.match(await out('notifications', 'show', made.id), /signed +yes\n/);
});

test('permissions on a job are granted, listed, revoked and dropped', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  for (const name of ['ada', 'bob'])
    await out('profiles', 'create', name, '--email', `${name}@example.org`, '--first-name', name);
  assert.match(await out('jobs', 'pems', 'grant', job, 'ada', 'read_write'), /\nada +yes +yes\n/);
  await out('jobs', 'pems', 'grant', job, 'bob', 'READ');
  assert.match(await out('jobs', 'pems', 'list', job), /\nadmin +yes +yes +yes\nada +yes +yes\nbob +yes\n/);
  await out('jobs', 'pems', 'revoke', job, 'bob');
  assert.doesNotMatch(await out('jobs', 'pems', 'list', job), /bob/);
  await out('jobs', 'pems', 'drop', job);
  assert.doesNotMatch(await out('jobs', 'pems', 'list', job), /ada/);
});

test('what cannot be subscribed to is refused with every reason, and what is missing is not found', async () => {
  const bad = await bed.run([
    'notifications',
    'create',
    '--url',
    'ftp://x',
    '--event',
    'a b',
    '--retry-limit',
    'few',
  ]);
  assert.equal(bad.code, 1);
  for (const field of ['url', 'event', 'associatedUuid', 'policy.retryLimit'])
    assert.match(bad.stderr, new RegExp(` ${field}: .*expected`));
  const missing = await bed.run(['notifications', 'show', '000000000000000000-00000000-0000-011']);
  assert.equal(missing.code, 6);
  assert.match(missing.stderr, /try: arras notifications list\n/);
  assert.equal((await bed.run(['notifications', 'show', 'beefbeef'])).code, 6);
  assert.equal((await bed.run(['notifications', 'replay', 'last', '--since', 'soon'])).code, 2);
  assert.equal((await bed.run(['notifications', 'listen', '--forward', 'nowhere'])).code, 2);
});

test('--url and --token name the service wherever they stand, but behind create --url is the target', async () => {
  const nowhere = { url: 'http://127.0.0.1:9' };
  for (const args of [
    ['--url', bed.url, 'jobs', 'list'],
    ['jobs', 'list', '--url', bed.url],
    ['jobs', '--url', bed.url, 'list'],
  ])
    assert.equal((await bed.run(args, nowhere)).code, 0, args.join(' '));
  assert.equal((await bed.run(['notifications', 'create', '--url', bed.url], nowhere)).code, 7);
});

test('listen forwards what has happened to a job as signed webhooks, and ends with it', async () => {
  const job = await submitSubscribed('/ok/delivered');
  const { code, stdout, stderr } = await bed.run(
    ['notifications', 'listen', '--forward', `${receiver.url}/ok/past`, '--job', job, '--from-start'],
    { environment: { ARRAS_LISTEN_SECRET: SECRET } },
  );
  assert.equal(code, 0, stderr);
  assert.ok(stderr.includes(`Signing secret: ${SECRET}`));
  const calls = callsTo('/ok/past');
  const events = calls.map(eventOf);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  );
  assert.deepEqual(
    [events[0]?.name, events[1]?.name, events.at(-1)?.name],
    ['CREATED', 'PENDING', 'FINISHED'],
  );
  for (const call of calls)
    assert.ok(new Webhook(SECRET).verify(call.body, call.headers as Record<string, string>));
  assert.equal(stdout.trim().split('\n').length, calls.length);
  assert.match(stdout, new RegExp(`Z?  FINISHED +#\\d+  ${job}  200  \\d+ ms\n$`));
  for (const name of ['QUEUED', 'RUNNING', 'FINISHED']) {
    const named = (call: Received) => eventOf(call).name === name;
    const delivered = await eventually(`the delivery of ${name}`, () => callsTo('/ok/delivered').find(named));
    assertLikeDelivery(calls.find(named), delivered);
  }
});

/** A job whose every event the service delivers to a path. */
async function submitSubscribed(path: string): Promise<string> {
  const subscription = { url: `${receiver.url}${path}`, event: '*', persistent: true };
  const request = { name: 'test job', appId: 'greet-1.0', archive: false, parameters: { name: 'ada' } };
  const job = await bed.api.call<{ id: string }>('POST', '/jobs/v2', {
    ...request,
    notifications: [subscription],
  });
  return job.id;
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What a job that is looked at later can no longer tell. */
const OF_THE_MOMENT = new Set(['lastUpdated', 'lastModified', 'seq', 'freshness', 'waiting', '_links']);

/** What was forwarded says the same as what the service itself delivers, but for what only the moment could tell. */
function assertLikeDelivery(forwarded: Received | undefined, delivered: Received): void {
  const [ours, theirs] = [JSON.parse(forwarded?.body ?? '{}'), JSON.parse(delivered.body)];
  assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
  for (const [field, value] of Object.entries(theirs))
    if (!OF_THE_MOMENT.has(field)) assert.deepEqual(ours[field], value, field);
  const names = ({ headers }: Received) => Object.keys(headers).filter((name) => name.startsWith('x-agave'));
  assert.deepEqual(names(forwarded ?? delivered), names(delivered));
  assert.equal(forwarded?.headers['webhook-id'], theirs.event.id);
}

test('listen forwards every event of all jobs once and in order, through a kill -9 of the service', async () => {
  const before = await bed.submit('wait-1.0');
  const listening = bed.start(['notifications', 'listen', '--forward', `${receiver.url}/ok/live`]);
  let said = '';
  listening.child.stderr?.on('data', (text: string) => (said += text));
  await eventually('it listens', () => said.includes('Forwarding to'));
  const first = await bed.submit('greet-1.0', 'parameters.name=ada');
  await eventually('the first job is told of', () => endOf(first) === 'FINISHED', { timeoutMs: 30_000 });
  const across = await bed.submit('wait-1.0');
  await bed.restart();
  await out('jobs', 'kill', across);
  await out('jobs', 'kill', before);
  await eventually('all ends are told', () => endOf(across) === 'KILLED' && endOf(before) === 'KILLED', {
    timeoutMs: 30_000,
  });
  listening.child.kill('SIGINT');
  assert.equal((await listening.finished).code, 130);
  for (const job of [first, across]) {
    const seqs = eventsOf(job).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
      job,
    );
  }
  const late = eventsOf(before).map(({ seq }) => seq);
  assert.deepEqual(
    late,
    late.map((_, index) => (late[0] ?? 0) + index),
  );
});

const eventsOf = (job: string) =>
  callsTo('/ok/live')
    .filter(({ body }) => JSON.parse(body).id === job)
    .map(eventOf);

const endOf = (job: string) => eventsOf(job).at(-1)?.name;

test('listen forwards only the events that are asked for, and tells of a receiver that is not there', async () => {
  const job = await bed.submit('greet-1.0', 'parameters.name=ada');
  const closed = await startReceiver();
  await closed[Symbol.asyncDispose]();
  const args = ['--forward', closed.url, '--job', job, '--from-start', '--event', 'finished'];
  const { code, stdout } = await bed.run(['notifications', 'listen', ...args]);
  assert.equal(code, 0);
  assert.match(stdout, /^\S+  FINISHED +#\d+  \S+  unreachable  \d+ ms  .*ECONNREFUSED.*\n$/);
});
