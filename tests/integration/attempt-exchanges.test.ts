import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type AttemptView,
  attemptSchema,
  type JobView,
  type NotificationView,
} from '../../packages/contract/src/index.ts';
import { type DeliveryBed, eventOf, openDeliveryBed } from '../support/delivery-bed.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { startReceiver } from '../support/receiver.ts';

let mail: MailServer;
let bed: DeliveryBed;
let job: JobView;
before(async () => {
  mail = await startMailServer();
  bed = await openDeliveryBed({
    ARRAS_MAIL_FROM: 'Arras <arras@jobs.example.org>',
    ARRAS_SMTP_URL: mail.url,
  });
  job = await bed.job();
});
after(async () => {
  await bed[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
});

const ONCE = { retryStrategy: 'NONE' };
const PASSWORD = 'hunter2hunter2';

/** Tells a target about events and returns its attempts, oldest first. */
async function told(
  target: string,
  { names = ['A'], ...more }: { names?: readonly string[] } & Record<string, unknown> = {},
): Promise<{ readonly subscription: NotificationView; readonly attempts: readonly AttemptView[] }> {
  const subscription = await bed.subscribe(job.id, target, { policy: ONCE, ...more });
  await bed.happen(job, ...names);
  await bed.settled(subscription.id, 60_000);
  return { subscription, attempts: (await attemptsOf(subscription)).reverse() };
}

async function attemptsOf({ id }: Pick<NotificationView, 'id'>, query = ''): Promise<AttemptView[]> {
  return bed.api.call<AttemptView[]>('GET', `/notifications/v2/${id}/attempts?status=all${query}`);
}

function test1({ id }: Pick<NotificationView, 'id'>): Promise<AttemptView> {
  return bed.api.call<AttemptView>('POST', `/notifications/v2/${id}/test`, {});
}

/** Everything that is kept about deliveries and attempts, as text. */
async function everythingKept(): Promise<string> {
  const { rows } = await bed.faults.pool.query<{ text: string }>(`
    select to_jsonb(a)::text || coalesce(convert_from(a.request_body, 'UTF8'), '') as text from delivery_attempts a
    union all
    select to_jsonb(d)::text || coalesce(convert_from(d.body, 'UTF8'), '') from deliveries d`);
  return rows.map(({ text }) => text).join('\n');
}

test('an attempt shows the request as it arrived, and the answer', async () => {
  const { attempts } = await told('/say/shown?code=503&text=sorry', { secret: true });
  const [attempt] = attempts;
  const [arrived] = bed.got('/say/shown?code=503&text=sorry');
  assert.ok(attempt?.request && arrived);
  assert.deepEqual(attemptSchema.parse(attempt), attempt);
  const { connection: _, ...headers } = arrived.headers;
  const shown = attempt.request.headers.map(({ name, value }) => [name.toLowerCase(), value]);
  assert.deepEqual(Object.fromEntries(shown), headers);
  assert.ok('webhook-signature' in headers, 'the signature is no secret');
  assert.equal(attempt.request.body, arrived.body);
  assert.equal(attempt.request.mail, null);
  const { response } = attempt;
  assert.deepEqual(
    [attempt.errorClass, response.code, response.body, response.truncated],
    ['http', 503, 'sorry', false],
  );
  const names = response.headers?.map(({ name }) => name) ?? [];
  assert.ok(names.includes('date'), names.join());
});

test('no secret is in an attempt, not even when the receiver sends back what it got', async () => {
  const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const target = bed.receiver.url.replace('://', `://ada:${PASSWORD}@`);
  const token = Buffer.from(`ada:${PASSWORD}`).toString('base64');
  // The pads let the end of what is kept cut the token at different places; in UTF-16 it is there with gaps.
  for (const pad of ['0', '700', '850', '1000', '0&wide=1', '500&wide=1']) {
    const { subscription, attempts } = await told(`${target}/mirror?pad=${pad}&key=${pad}`, { secret });
    const all = [...attempts, await test1(subscription)];
    for (const attempt of all) {
      const headers = Object.fromEntries(
        attempt.request?.headers.map(({ name, value }) => [name, value]) ?? [],
      );
      assert.equal(headers['Authorization'], 'Basic ***');
      const answered = attempt.response.headers?.map(({ name, value }) => `${name}: ${value}`) ?? [];
      assert.ok(answered.includes('x-got: Basic ***'), answered.join('\n'));
      assert.equal(answered.filter((line) => line === 'set-cookie: ***').length, 2);
    }
    assert.equal(all.length, 2);
  }
  const told2 = bed.receiver.received.filter(({ path }) => path.startsWith('/mirror'));
  assert.ok(told2.every(({ headers }) => headers.authorization === `Basic ${token}`));
  const kept = await everythingKept();
  const ways = [PASSWORD, token.slice(0, 12), secret, secret.slice('whsec_'.length), 'abcd1234', 'efgh5678'];
  for (const way of ways) assert.ok(!kept.includes(way), way);
});

test('what is kept of an answer is bounded, and says that there was more', async () => {
  const { attempts } = await told('/big');
  const [big] = attempts;
  assert.equal(big?.response.body?.length, 1_024);
  assert.equal(big.response.truncated, true);
  const { attempts: long } = await told('/mirror?long=5000');
  assert.equal(long[0]?.response.truncated, true);
  assert.ok(JSON.stringify(long[0]?.response).length < 8_000);
});

test('every attempt of a delivery shows the same bytes, which are kept once', async () => {
  const policy = { retryStrategy: 'IMMEDIATE', retryLimit: 3 };
  const { subscription, attempts } = await told('/fail/1', { policy, secret: true });
  assert.deepEqual(
    attempts.map(({ number, outcome, errorClass }) => [number, outcome, errorClass]),
    [
      [1, 'refused', 'http'],
      [2, 'delivered', null],
    ],
  );
  const bodies = attempts.map(({ request }) => request?.body);
  assert.deepEqual(
    bodies,
    bed.got('/fail/1').map(({ body }) => body),
  );
  assert.equal(new Set(bodies).size, 1);
  const { rows } = await bed.faults.pool.query(
    'select request_body from delivery_attempts where subscription_id = $1',
    [subscription.id],
  );
  assert.deepEqual(rows, [{ request_body: null }, { request_body: null }]);
});

test('a test shows what it sent, and a filter leaves out what is not asked for', async () => {
  const { subscription } = await told('/ok/tested');
  const tested = await test1(subscription);
  assert.equal(tested.request?.body, bed.got('/ok/tested').at(-1)?.body);
  const [newest] = await attemptsOf(subscription, '&filter=id,outcome,request.body');
  assert.deepEqual(newest, { id: tested.id, outcome: 'delivered', request: { body: tested.request?.body } });
  const path = `/notifications/v2/${subscription.id}/attempts/${tested.id}`;
  assert.deepEqual(await bed.api.call('GET', path), tested);
  assert.deepEqual(await attemptsOf(subscription, '&filter=outcome&limit=1'), [{ outcome: 'delivered' }]);
});

test('an attempt says at what it failed: name, connection, TLS, answer, or because it must not go there', async () => {
  const closed = await startReceiver();
  await closed[Symbol.asyncDispose]();
  const targets = {
    [closed.url]: 'connect',
    'https://nowhere.invalid/': 'dns',
    [bed.receiver.url.replace('http:', 'https:')]: 'tls',
    [`${bed.receiver.url}/garbage`]: 'http',
    [`${bed.receiver.url}/reset`]: 'cut-off',
    [`${bed.receiver.url}/gone`]: 'http',
  };
  for (const [target, expected] of Object.entries(targets)) {
    const { attempts } = await told(target);
    assert.equal(attempts[0]?.errorClass, expected, `${target}: ${attempts[0]?.response.message}`);
    assert.equal(attempts[0]?.request === null, false);
  }
  const subscription = await bed.subscribe(job.id, '/ok', { event: 'NEVER' });
  await bed.faults.pool.query("update subscriptions set url = 'http://10.1.2.3/' where id = $1", [
    subscription.id,
  ]);
  const blocked = await test1(subscription);
  assert.deepEqual([blocked.outcome, blocked.errorClass, blocked.request], ['blocked', 'blocked', null]);
});

test('an attempt by mail shows envelope, head, subject and text, and what the mail server said', async () => {
  const { attempts } = await told('shown@example.org');
  const [attempt] = attempts;
  const handed = mail.handed.find(({ to }) => to.includes('shown@example.org'));
  assert.ok(attempt?.request?.mail && handed);
  const { from, to, subject, text, html } = attempt.request.mail;
  assert.deepEqual([from, [to]], [handed.from, handed.to]);
  assert.deepEqual([subject, text.trimEnd()], [handed.mail.subject, handed.mail.text?.trimEnd()]);
  assert.equal(html.trimEnd(), String(handed.mail.html).trimEnd());
  assert.equal(attempt.request.body, null);
  const id = attempt.request.headers.find(({ name }) => name === 'Message-ID')?.value;
  assert.equal(id, handed.mail.messageId);
  assert.match(attempt.response.message, /^250 /);
  assert.deepEqual([attempt.response.headers, attempt.errorClass], [null, null]);
});

test('every attempt at a mail says the same, and a refusal is told as the server said it', async () => {
  mail.mode = '450';
  const subscription = await bed.subscribe(job.id, 'later@example.org', {
    policy: { retryStrategy: 'IMMEDIATE', retryLimit: 2 },
  });
  await bed.happen(job, 'B');
  await bed.settled(subscription.id, 60_000);
  mail.mode = 'ok';
  const [second, first] = await attemptsOf(subscription);
  assert.deepEqual(second?.request?.mail, first?.request?.mail);
  assert.deepEqual([first?.outcome, first?.errorClass], ['refused', 'smtp']);
  assert.match(first?.response.message ?? '', /^450/);
  await bed.api.call('POST', `/notifications/v2/${subscription.id}/replay`, { status: 'parked' });
  await bed.settled(subscription.id, 60_000);
  const [replayed] = await attemptsOf(subscription);
  assert.deepEqual([replayed?.outcome, replayed?.request?.mail], ['delivered', first?.request?.mail]);
});

test('a hostile receiver cannot break out of what is kept', async () => {
  const text = encodeURIComponent('<script>alert(1)</script>\u0000\u001b[2J\r\nX-Made: up');
  const { attempts } = await told(`/say?code=500&text=${text}`);
  assert.equal(attempts[0]?.response.body, '<script>alert(1)</script>[2J\nX-Made: up');
  assert.ok(bed.receiver.received.every((request) => eventOf(request).id !== ''));
});
