import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type AttemptView,
  attemptSchema,
  type DeliveryView,
  deliverySchema,
  type JobView,
  type NotificationSummary,
  type NotificationView,
  notificationSchema,
  notificationSummarySchema,
  type PreviewView,
} from '../../packages/contract/src/index.ts';
import { openSigningSecrets, openUrl } from '../../packages/server/src/auth/subscription-secrets.ts';
import type { SubscriptionRow } from '../../packages/server/src/database/tables.ts';
import { type ApiCall, type ApiUser, type JobApi, startJobApi } from '../support/job-api.ts';

const BASE = '/notifications/v2';
const MISSING_JOB = '1674389564419740136-242ac113-0001-007';

let api: JobApi;
let job: JobView;
before(async () => {
  api = await startJobApi();
  job = await submit();
});
after(() => api.close());

async function submit(body: Record<string, unknown> = {}, as: ApiUser = 'ada'): Promise<JobView> {
  const answer = await api.call('POST', '/jobs/v2', {
    as,
    body: { name: 'j', appId: 'plot-0.1.0', ...body },
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

function subscribe(body: Record<string, unknown> = {}, call: Omit<ApiCall, 'body'> = {}) {
  const usual = { url: 'https://example.org/hook?id=${JOB_ID}', event: 'FINISHED', associatedUuid: job.id };
  return api.call<NotificationView>('POST', BASE, { ...call, body: { ...usual, ...body } });
}

async function made(body: Record<string, unknown> = {}, call: Omit<ApiCall, 'body'> = {}) {
  const answer = await subscribe(body, call);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result;
}

async function storedRow(id: string): Promise<SubscriptionRow> {
  return api.db
    .selectFrom('subscriptions')
    .selectAll()
    .where('id', '=', id as SubscriptionRow['id'])
    .executeTakeFirstOrThrow();
}

/** Names of the events of a resource that are stored, oldest first. */
async function eventsOf(uuid: string): Promise<string[]> {
  const rows = await api.db
    .selectFrom('resource_events')
    .select('name')
    .where('resource_uuid', '=', uuid)
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.name);
}

/** Events that a subscription has matched, oldest first. */
async function matchedBy(id: string): Promise<string[]> {
  const rows = await api.db
    .selectFrom('deliveries')
    .select('event_name')
    .where('subscription_id', '=', id as SubscriptionRow['id'])
    .orderBy('position')
    .execute();
  return rows.map((row) => row.event_name);
}

describe('subscriptions', () => {
  test('a subscription is made with every default, shown, listed by its resource and deleted', async () => {
    const own = await submit();
    const view = await made({ associatedUuid: own.id });
    assert.deepEqual(notificationSchema.parse(view), view);
    assert.deepEqual(
      [
        view.owner,
        view.status,
        view.persistent,
        view.responseCode,
        view.attempts,
        view.lastSent,
        view.signed,
      ],
      ['ada', 'ACTIVE', false, null, 0, null, false],
    );
    assert.equal(view.policy.retryStrategy, 'EXPONENTIAL');
    assert.deepEqual(view._links.job, { href: `https://api.example.org/jobs/v2/${own.id}` });
    assert.deepEqual((await api.call('GET', `${BASE}/${view.id}`)).json.result, view);
    const listed = await api.call<NotificationSummary[]>('GET', `${BASE}/?associatedUuid=${own.id}`);
    assert.deepEqual(
      listed.json.result.map((row) => [row.id, row.url, row.event]),
      [[view.id, view.url, 'FINISHED']],
    );
    for (const row of listed.json.result) assert.deepEqual(notificationSummarySchema.parse(row), row);
    const deleted = await api.call('DELETE', `${BASE}/${view.id}`);
    assert.equal(deleted.status, 200);
    assert.equal('result' in deleted.json, false);
    assert.equal((await api.call('GET', `${BASE}/${view.id}`)).status, 404);
    assert.deepEqual(await eventsOf(view.id), ['CREATED', 'DELETED']);
  });

  test('a policy that is given takes the documented defaults', async () => {
    const view = await made({ policy: { retryStrategyType: 'delayed', retryDelay: 3 } });
    assert.deepEqual(view.policy, {
      retryStrategy: 'DELAYED',
      retryLimit: 5,
      retryRate: 5,
      retryDelay: 3,
      saveOnFailure: false,
    });
  });

  test('names count in any case, and what only the server sets is ignored', async () => {
    const body = {
      URL: 'ada@example.org',
      EVENT: '*',
      AssociatedUUID: job.id,
      status: 'FAILED',
      owner: 'bob',
    };
    const answer = await api.call<NotificationView>('POST', BASE, { body });
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual([answer.json.result.status, answer.json.result.owner], ['ACTIVE', 'ada']);
  });

  test('an unknown property is refused by its name, with the nearest one that exists', async () => {
    const answer = await subscribe({ persistant: true, policy: { retryLimt: 3 } });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json.errors, [
      { field: 'persistant', message: 'is not known; did you mean "persistent"?' },
      { field: 'policy.retryLimt', message: 'is not known; did you mean "retryLimit"?' },
    ]);
  });

  test('what cannot be a subscription is refused with the field', async () => {
    const cases: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ associatedUuid: 'x' }, 'associatedUuid'],
      [{ associatedUuid: '1674389564419740136-242ac113-0001-009' }, 'associatedUuid'],
      [{ event: 'not a name' }, 'event'],
      [{ url: 'ftp://example.org/' }, 'url'],
      [{ url: 'https://refused.example/' }, 'url'],
      [{ url: 'https://example.org/${JOB_NAMES}/${WHAT}' }, 'url'],
      [{ policy: { retryStrategy: 'IMMEDIATE', retryDelay: 4 } }, 'policy.retryDelay'],
      [{ secret: 'whsec_short' }, 'secret'],
    ];
    for (const [body, field] of cases) {
      const answer = await subscribe(body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(
        answer.json.errors?.map((problem) => problem.field),
        [field],
        answer.text,
      );
    }
    const unknown = await subscribe({ url: 'https://example.org/${JOB_NAMES}/${WHAT}' });
    assert.match(unknown.text, /\$\{JOB_NAMES\}, \$\{WHAT\}/);
  });

  test('the three example URLs of the guide are accepted as they are printed', async () => {
    const urls = [
      'http://example.com/?job_id=${JOB_ID}&amp;job_status=${EVENT}',
      'http://example.com/trigger/job/${JOB_NAME}/${EVENT}',
      'http://example.com/webhooks/?nonce=sdfkajerouiwe234289fahlkqr&amp;id=${JOB_ID}&amp;status=${EVENT}&amp;start=${JOB_START_TIME}&amp;end=${JOB_END_TIME}&amp;url=${JOB_ARCHIVE_URL}',
    ];
    for (const url of urls) assert.equal((await made({ url })).url, url);
  });

  test('the list has the active ones without a search, and every status with one', async () => {
    const own = await submit({}, 'bob');
    const { id } = await made({ associatedUuid: own.id }, { as: 'bob' });
    await api.db.updateTable('subscriptions').set({ status: 'COMPLETE' }).where('id', '=', id).execute();
    const idsOf = async (query: string, as: ApiUser = 'bob') =>
      (await api.call<NotificationSummary[]>('GET', `${BASE}${query}`, { as })).json.result.map(
        (row) => row.id,
      );
    assert.deepEqual(await idsOf(''), []);
    assert.deepEqual(await idsOf(`?associatedUuid=${own.id}`), [id]);
    assert.deepEqual(await idsOf('?status=complete'), [id]);
    assert.deepEqual(await idsOf(`?associatedUuid=${own.id}&status=ACTIVE`), []);
    assert.deepEqual(await idsOf(`?associatedUuid=${own.id}`, 'ada'), []);
    assert.deepEqual(await idsOf(`?associatedUuid=${own.id}`, 'root'), [id]);
    assert.equal((await api.call('GET', `${BASE}?status=odd`)).status, 400);
  });

  test('a change keeps what it leaves out; a subscription that is over cannot be changed', async () => {
    const { id } = await made({ persistent: true, policy: { retryLimit: 7 } });
    const post = (body: unknown) => api.call<NotificationView>('POST', `${BASE}/${id}`, { body });
    const changed = await post({ url: 'ada+${JOB_ID}@example.org', EVENT: '*' });
    assert.equal(changed.status, 200, changed.text);
    const { url, event, persistent, policy } = changed.json.result;
    assert.deepEqual(
      [url, event, persistent, policy.retryLimit],
      ['ada+${JOB_ID}@example.org', '*', true, 7],
    );
    assert.equal((await storedRow(id)).channel, 'email');
    const set = (status: SubscriptionRow['status'], isPersistent: boolean) =>
      api.db
        .updateTable('subscriptions')
        .set({ status, persistent: isPersistent })
        .where('id', '=', id)
        .execute();
    await set('FAILED', true);
    assert.equal((await post({ event: 'FAILED' })).json.result.status, 'ACTIVE');
    for (const [status, isPersistent] of [
      ['INACTIVE', true],
      ['COMPLETE', false],
      ['FAILED', false],
    ] as const) {
      await set(status, isPersistent);
      const refused = await post({ event: 'FINISHED' });
      assert.deepEqual([refused.status, refused.json.code], [412, 'precondition.failed'], status);
    }
  });

  test('a password in the URL is sealed, never shown, and kept while the host stays the same', async () => {
    const view = await made({ url: 'https://ada:pa:ss@example.org/hook' });
    assert.equal(view.url, 'https://example.org/hook');
    const openStored = async () => openUrl(api.messages.secrets, await storedRow(view.id));
    assert.equal(await openStored(), 'https://ada:pa:ss@example.org/hook');
    assert.doesNotMatch(JSON.stringify(await storedRow(view.id)), /pa:ss/);
    const change = (url: string) => api.call('POST', `${BASE}/${view.id}`, { body: { url } });
    await change('https://example.org/other');
    assert.equal(await openStored(), 'https://ada:pa:ss@example.org/other');
    await change('https://evil.example.com/other');
    assert.equal(await openStored(), 'https://evil.example.com/other');
  });

  test('a signing secret is shown once, sealed, and rotated with a day of both', async () => {
    const view = await made({ secret: true });
    assert.match(view.secret ?? '', /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.equal(view.signed, true);
    const shown = await api.call('GET', `${BASE}/${view.id}`);
    assert.doesNotMatch(shown.text, /whsec_/);
    const rotated = await api.call<NotificationView>('POST', `${BASE}/${view.id}/secret`);
    assert.equal(rotated.status, 200, rotated.text);
    const row = await storedRow(view.id);
    const secrets = openSigningSecrets(api.messages.secrets, {
      id: row.id,
      secret: row.secret,
      previous: row.previous_secret,
    });
    assert.deepEqual(secrets, [rotated.json.result.secret, view.secret]);
    const hours = ((row.previous_secret_until?.getTime() ?? 0) - Date.now()) / 3_600_000;
    assert.ok(hours > 23 && hours <= 24, `${hours}`);
    const given = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    assert.equal((await made({ secret: given })).secret, given);
  });

  test('deleting cancels what waits', async () => {
    const own = await submit();
    const { id } = await made({ associatedUuid: own.id, event: '*' });
    await api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission: 'READ' } });
    assert.deepEqual(await matchedBy(id), ['PERMISSION_GRANT']);
    await api.call('DELETE', `${BASE}/${id}`);
    const rows = await api.db
      .selectFrom('deliveries')
      .select('status')
      .where('subscription_id', '=', id)
      .execute();
    assert.deepEqual(rows, [{ status: 'cancelled' }]);
  });
});

describe('who may subscribe', () => {
  test('a job can be subscribed to by those who may read it; to all others it is like one that is missing', async () => {
    const own = await submit();
    const byBob = (id: string) => subscribe({ associatedUuid: id }, { as: 'bob' });
    const [hidden, missing] = [await byBob(own.id), await byBob(MISSING_JOB)];
    assert.deepEqual([hidden.status, hidden.json.code], [404, 'job.not-found']);
    assert.equal(hidden.json.message, missing.json.message);
    await api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission: 'WRITE' } });
    assert.equal((await byBob(own.id)).status, 403);
    await api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission: 'READ' } });
    assert.equal((await byBob(own.id)).status, 201);
  });

  test('everything is for administrators, who need variables that some resource has', async () => {
    const refused = await subscribe({ associatedUuid: '*' });
    assert.deepEqual([refused.status, refused.json.code], [403, 'access.admin-only']);
    const view = await made({ associatedUuid: '*', event: 'DELETED' }, { as: 'root' });
    assert.equal(view._links.job, undefined);
    const gone = await submit();
    await api.call('DELETE', `/jobs/v2/${gone.id}`);
    assert.deepEqual(await matchedBy(view.id), ['DELETED']);
  });

  test('the jobs of all users on a system are for its administrators', async () => {
    const { uuid } = (await api.call<{ uuid: string }>('GET', '/systems/v2/exec')).json.result;
    const url = 'https://example.org/${SYSTEM_ID}';
    const ask = (event: string, as: ApiUser) => subscribe({ associatedUuid: uuid, event, url }, { as });
    for (const event of ['*', 'JOB_FINISHED']) assert.equal((await ask(event, 'ada')).status, 403, event);
    const own = await ask('DISABLED', 'ada');
    assert.equal(own.status, 201, own.text);
    assert.equal((await ask('*', 'root')).status, 201);
    for (const action of ['disable', 'enable'])
      await api.call('PUT', '/systems/v2/exec', { as: 'root', body: { action } });
    assert.deepEqual(await matchedBy(own.json.result.id), ['DISABLED']);
    assert.deepEqual((await eventsOf(uuid)).slice(-2), ['DISABLED', 'ENABLED']);
    const hidden = (await api.call<{ uuid: string }>('GET', '/systems/v2/private', { as: 'root' })).json
      .result;
    const unseen = await subscribe({ associatedUuid: hidden.uuid, event: 'UPDATED', url }, { as: 'ada' });
    assert.deepEqual([unseen.status, unseen.json.code], [404, 'system.not-found']);
  });

  test('an app and a subscription can be subscribed to by those who see them', async () => {
    const { uuid } = (await api.call<{ uuid: string }>('GET', '/apps/v2/plot-0.1.0')).json.result;
    const url = 'https://example.org/${UUID}';
    const app = await subscribe({ associatedUuid: uuid, event: 'DISABLED', url });
    assert.equal(app.status, 201, app.text);
    assert.equal((await subscribe({ associatedUuid: uuid, event: '*', url })).status, 403);
    const { id } = app.json.result;
    assert.equal((await subscribe({ associatedUuid: id, event: '*', url })).status, 201);
    const foreign = await subscribe({ associatedUuid: id, event: '*', url }, { as: 'bob' });
    assert.deepEqual([foreign.status, foreign.json.code], [404, 'notification.not-found']);
    assert.equal(
      (await subscribe({ associatedUuid: uuid, event: 'DISABLED', url: 'a@b.org/${JOB_ID}' })).status,
      400,
    );
  });

  test('whoever loses the right to read a job is not told of it any more', async () => {
    const own = await submit();
    const grant = (permission: string) =>
      api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission } });
    await grant('READ');
    const { id } = await made({ associatedUuid: own.id, event: '*', persistent: true }, { as: 'bob' });
    await grant('ALL');
    await grant('NONE');
    assert.deepEqual(await matchedBy(id), ['PERMISSION_GRANT']);
    const row = await storedRow(id);
    assert.equal(row.status, 'INACTIVE');
    assert.deepEqual(await eventsOf(id), ['CREATED', 'DISABLED']);
  });

  test('nor by a test of a subscription that was over before', async () => {
    const own = await submit();
    const grant = (permission: string) =>
      api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission } });
    await grant('READ');
    const { id } = await made({ associatedUuid: own.id, event: 'FINISHED' }, { as: 'bob' });
    await api.db.updateTable('subscriptions').set({ status: 'COMPLETE' }).where('id', '=', id).execute();
    const ask = () => api.call('POST', `${BASE}/${id}/test`, { as: 'bob' });
    assert.equal((await ask()).status, 200);
    await grant('NONE');
    const fired = api.messages.fired.length;
    assert.equal((await ask()).json.code, 'precondition.failed');
    assert.equal(api.messages.fired.length, fired);
  });
});

describe('subscriptions of a job request', () => {
  test('they are stored with the job, linked, and match its own CREATED and PENDING', async () => {
    const submitted = await submit({
      notifications: [
        { url: 'ada@example.org', event: 'FINISHED' },
        { url: 'https://example.org/${EVENT}', event: '*', persistent: true },
      ],
    });
    const links = submitted._links.notification ?? [];
    assert.deepEqual(
      links.map((link) => link.title),
      ['FINISHED', '*'],
    );
    const ids = links.map((link) => link.href.split('/').at(-1) ?? '');
    assert.deepEqual(await matchedBy(ids[0] ?? ''), []);
    assert.deepEqual(await matchedBy(ids[1] ?? ''), ['CREATED', 'PENDING']);
    assert.equal(
      'notification' in (await api.call('GET', `/jobs/v2/${submitted.id}`)).json.result._links,
      false,
    );
  });

  test('one that cannot be refuses the request, and nothing is stored', async () => {
    const count = () =>
      api.db
        .selectFrom('jobs')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow();
    const before = await count();
    for (const url of ['https://example.org/${NOPE}', 'https://refused.example/']) {
      const body = {
        name: 'j',
        appId: 'plot-0.1.0',
        notifications: [
          { url: 'a@b.org', event: '*' },
          { url, event: '*' },
        ],
      };
      const answer = await api.call('POST', '/jobs/v2', { body });
      assert.equal(answer.status, 400);
      assert.deepEqual(
        answer.json.errors?.map((problem) => problem.field),
        ['notifications.1.url'],
      );
    }
    assert.deepEqual(await count(), before);
  });

  test('callbackUrl subscribes to the three ends', async () => {
    const { _links } = await submit({ callbackUrl: 'https://example.org/' });
    assert.deepEqual(
      _links.notification?.map((link) => link.title),
      ['FINISHED', 'FAILED', 'STOPPED'],
    );
  });
});

describe('what became of deliveries', () => {
  async function withDeliveries() {
    const own = await submit();
    const view = await made({ associatedUuid: own.id, event: '*', persistent: true });
    for (const permission of ['READ', 'ALL', 'WRITE'])
      await api.call('POST', `/jobs/v2/${own.id}/pems`, { body: { username: 'bob', permission } });
    return view;
  }

  async function addAttempt(id: string, outcome: 'delivered' | 'refused', code: number, number: number) {
    const at = new Date(Date.now() + number * 1_000);
    const attempt = {
      id: api.newId('delivery'),
      subscription_id: id as SubscriptionRow['id'],
      lane: job.id,
      event_name: 'FINISHED',
      associated_uuid: job.id,
      number,
      cause: 'scheduled' as const,
      target: 'https://example.org/hook',
      outcome,
      code,
      message: 'said',
      started_at: at,
      ended_at: at,
    };
    await api.db.insertInto('delivery_attempts').values(attempt).execute();
    return attempt.id;
  }

  test('the list of attempts has the failed ones, all on demand; the subscription tells of the oldest', async () => {
    const { id } = await made();
    const failed = [await addAttempt(id, 'refused', 503, 1), await addAttempt(id, 'refused', 0, 2)];
    const good = await addAttempt(id, 'delivered', 200, 3);
    const idsOf = async (query: string) =>
      (await api.call<AttemptView[]>('GET', `${BASE}/${id}/attempts${query}`)).json.result.map(
        (row) => row.id,
      );
    assert.deepEqual(await idsOf(''), failed.toReversed());
    assert.deepEqual(await idsOf('?status=all'), [good, ...failed.toReversed()]);
    assert.deepEqual(await idsOf('?limit=1&offset=1'), failed.slice(0, 1));
    const view = (await api.call<NotificationView>('GET', `${BASE}/${id}`)).json.result;
    assert.deepEqual([view.responseCode, view.attempts, view.success], [503, 1, false]);
    assert.notEqual(view.lastSent, null);
    const one = await api.call<AttemptView>('GET', `${BASE}/${id}/attempts/${failed[0]}`);
    assert.deepEqual(attemptSchema.parse(one.json.result), one.json.result);
    // Of an attempt that was made before requests were kept there is none.
    const nothing = { headers: null, body: null, truncated: false };
    assert.deepEqual(one.json.result.response, { code: 503, message: 'said', ...nothing });
    assert.deepEqual([one.json.result.request, one.json.result.errorClass], [null, null]);
    assert.equal((await api.call('DELETE', `${BASE}/${id}/attempts/${failed[0]}`)).status, 200);
    assert.equal((await api.call('GET', `${BASE}/${id}/attempts/${failed[0]}`)).status, 404);
    assert.equal((await api.call<NotificationView>('GET', `${BASE}/${id}`)).json.result.responseCode, null);
    assert.equal((await api.call('DELETE', `${BASE}/${id}/attempts`)).status, 200);
    assert.deepEqual(await idsOf('?status=all'), []);
  });

  test('every event that matched is listed with its state, also at the address that links name history', async () => {
    const view = await withDeliveries();
    const listed = await api.call<DeliveryView[]>('GET', `${BASE}/${view.id}/deliveries`);
    for (const row of listed.json.result) assert.deepEqual(deliverySchema.parse(row), row);
    assert.deepEqual(
      listed.json.result.map((row) => [row.event, row.state, row.replay]),
      Array.from({ length: 3 }, () => ['PERMISSION_GRANT', 'pending', false]),
    );
    const history = await api.call('GET', new URL(view._links.history.href).pathname);
    assert.equal(history.text, listed.text);
    const parked = await api.call<DeliveryView[]>('GET', `${BASE}/${view.id}/deliveries?state=parked`);
    assert.deepEqual(parked.json.result, []);
  });

  test('a replay goes behind what waits, of parked ones once, and of named ones always', async () => {
    const { id } = await withDeliveries();
    const rows = () =>
      api.db
        .selectFrom('deliveries')
        .selectAll()
        .where('subscription_id', '=', id)
        .orderBy('position')
        .execute();
    const [first, second, third] = await rows();
    assert.ok(first && second && third);
    const settle = (position: number, status: 'parked' | 'delivered') =>
      api.db
        .updateTable('deliveries')
        .set({ status, body: Buffer.from('bytes'), target: 'https://old.example.org/' })
        .where('subscription_id', '=', first.subscription_id)
        .where('position', '=', position)
        .execute();
    await settle(first.position, 'parked');
    await settle(second.position, 'delivered');
    const replay = async (body?: unknown) => {
      const answer = await api.call<{ count: number }>('POST', `${BASE}/${id}/replay`, { body });
      assert.equal(answer.status, 200, answer.text);
      return answer.json.result.count;
    };
    assert.equal(await replay(), 1);
    const last = (await rows()).at(-1);
    assert.ok(last && last.position > third.position);
    assert.deepEqual(
      [last.event_id, last.replay, last.status, last.body?.toString(), last.target, last.attempts],
      [first.event_id, true, 'pending', 'bytes', null, 0],
    );
    assert.equal(await replay({ status: 'parked' }), 0);
    assert.equal(await replay({ deliveries: [second.event_id, first.delivery_id] }), 2);
    assert.equal(
      await replay({ status: 'all', from: '2000-01-01T00:00:00Z', until: '2001-01-01T00:00:00Z' }),
      0,
    );
    assert.equal(
      (await api.call('POST', `${BASE}/${id}/replay`, { body: { from: 'yesterday' } })).status,
      400,
    );
  });
});

describe('messages sent by hand', () => {
  test('a test sends a sample of the event of the subscription, a forced attempt the usual message', async () => {
    const { id } = await made();
    const tested = await api.call<AttemptView>('POST', `${BASE}/${id}/test`);
    assert.deepEqual([tested.json.result.cause, tested.json.result.event], ['test', 'FINISHED']);
    assert.deepEqual(attemptSchema.parse(tested.json.result), tested.json.result);
    const forced = await api.call<AttemptView>('POST', `${BASE}/${id}/attempts`, { body: {} });
    assert.equal(forced.status, 200, forced.text);
    assert.equal(forced.json.result.response.code, 503);
    const order = api.messages.fired.at(-1);
    assert.ok(order && typeof order.body === 'object');
    assert.deepEqual(Object.keys(order.body), ['id', 'event', 'owner', 'associatedUuid', 'created']);
    assert.equal(order.event, 'FORCED_EVENT');
    assert.deepEqual((await eventsOf(id)).at(-1), 'FORCED_ATTEMPT');
  });

  test('what is sent can be chosen by administrators alone', async () => {
    const { id } = await made();
    const fire = (body: unknown, as: ApiUser) => api.call('POST', `${BASE}/${id}/attempts`, { as, body });
    assert.equal((await fire({ message: { a: 1 } }, 'ada')).status, 403);
    assert.equal((await fire({ associatedUuid: job.id }, 'ada')).status, 403);
    assert.equal((await fire({ event: 'FINISHED' }, 'ada')).status, 400);
    assert.equal((await fire({ event: '*' }, 'root')).status, 400);
    assert.equal((await fire({ event: 'FAILED' }, 'root')).status, 400);
    assert.equal((await fire({ event: 'FINISHED', message: '{"a":1}' }, 'root')).status, 200);
    assert.deepEqual(api.messages.fired.at(-1)?.body, { a: 1 });
  });

  test('sending by hand is limited', async () => {
    const { id } = await made();
    const codes = [];
    for (let count = 0; count < 7; count += 1)
      codes.push((await api.call('POST', `${BASE}/${id}/test`)).status);
    assert.deepEqual(codes, [200, 200, 200, 200, 200, 429, 429]);
  });

  test('a preview shows what a job that the caller may read would send', async () => {
    const ask = (body: Record<string, unknown>, as: ApiUser = 'ada') =>
      api.call<PreviewView>('POST', `${BASE}/preview`, {
        as,
        body: { url: 'https://example.org/', ...body },
      });
    const shown = await ask({ jobId: job.id, event: 'FINISHED' });
    assert.equal(shown.status, 200, shown.text);
    assert.equal((await ask({ jobId: job.id, url: 'https://example.org/${X}' })).status, 400);
    assert.equal((await ask({ jobId: job.id }, 'bob')).status, 404);
    assert.equal((await ask({})).status, 400);
  });
});
