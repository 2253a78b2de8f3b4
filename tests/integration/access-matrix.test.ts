import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OPERATION_IDS, type OperationId, routeOf } from '../../packages/contract/src/index.ts';
import { accessRuleOf, bodyOf, type ThingKind, type ThingNames, targetsOf } from '../support/access-rules.ts';
import { MARK, makeThing, NOTHING } from '../support/hidden-things.ts';
import { type ApiAnswer, type ApiUser, type JobApi, startJobApi } from '../support/job-api.ts';

// Every route of the contract for every kind of caller (RELIABILITY S1); the rules are in access-rules.ts.

let api: JobApi;
/** Authorization headers that count for nothing, and what each is answered with. */
let refused: (readonly [authorization: string, code: string, refreshes: boolean])[];
before(async () => {
  api = await startJobApi();
  await api.write('home/apps/plot/wrapper.sh', 'true\n');
  for (const system of ['exec', 'store']) {
    const body = { username: 'ada', role: 'PUBLISHER' };
    await api.call('POST', `/systems/v2/${system}/roles`, { as: 'root', body });
  }
  refused = [
    ['', 'auth.missing', false],
    ['Bearer', 'auth.invalid', true],
    ['Basic cm9vdDpyb290', 'auth.invalid', true],
    ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.', 'auth.invalid', true],
    [`Bearer ${'x'.repeat(600)}`, 'auth.invalid', true],
    [`Bearer ${await makeExpired()}`, 'auth.expired', true],
    [`Bearer ${await makeRevoked()}`, 'auth.revoked', true],
  ];
  hidden = await makeAll();
});
after(() => api?.close());

/** An answer to those who may read it has no end. */
const ENDLESS: readonly OperationId[] = ['streamJobEvents'];

/** Things of ada's by kind, under the names that bodies give them. */
let hidden: ThingNames;
let made = 0;

async function makeAll(): Promise<ThingNames> {
  const [job, app, system] = await Promise.all(
    (['job', 'app', 'system'] as const).map((kind) => makeThing(api, kind, ++made)),
  );
  return { job: job?.['id'] ?? '', app: app?.['id'] ?? '', system: system?.['id'] ?? '' };
}

interface MadeToken {
  readonly id: string;
  readonly token: string;
}

async function makeToken(): Promise<MadeToken> {
  return (await api.call<MadeToken>('POST', '/tokens/v2', { as: 'root', body: { name: 'x' } })).json.result;
}

async function makeExpired(): Promise<string> {
  const { id, token } = await makeToken();
  await api.pool.query("update tokens set expires_at = now() - interval '1 second' where id = $1", [id]);
  return token;
}

async function makeRevoked(): Promise<string> {
  const { id, token } = await makeToken();
  await api.call('DELETE', `/tokens/v2/${id}`, { as: 'root' });
  return token;
}

function callAll(id: OperationId, names: ThingNames, as: ApiUser): Promise<ApiAnswer<unknown>[]> {
  const { method } = routeOf(id);
  const sends = method === 'POST' || method === 'PUT';
  return Promise.all(
    targetsOf(id, names).map((target) =>
      api.call<unknown>(method, target, { as, ...(sends && { body: bodyOf(id, hidden) }) }),
    ),
  );
}

for (const id of OPERATION_IDS) {
  const rule = accessRuleOf(id);

  if (rule.kind === 'open') {
    test(`${id} is open to whoever has ${rule.asksPassword ? 'a password' : 'its address'}`, async () => {
      const { method } = routeOf(id);
      for (const target of targetsOf(id, {})) {
        const body = bodyOf(id, {});
        const sends = method === 'POST' && { body };
        const answer = await api.call(method, target, { headers: { authorization: '' }, ...sends });
        assert.equal(answer.status === 401 && answer.json.code !== undefined, rule.asksPassword, answer.text);
      }
    });
    continue;
  }

  test(`${id} is closed without a token that counts, before its body is read`, async () => {
    const { method } = routeOf(id);
    for (const target of targetsOf(id, {})) {
      for (const [authorization, code, refreshes] of refused) {
        const headers = { authorization, 'content-type': 'application/json' };
        const answer = await api.call(method, target, { headers });
        assert.deepEqual([answer.status, answer.json.code], [401, code], `${target} ${answer.text}`);
        assert.equal('fault' in answer.json, refreshes, 'existing clients refresh their token upon it');
        assert.equal('result' in answer.json, false);
      }
    }
  });

  if (rule.kind === 'told elsewhere') {
    test(`${id} has its rules told by ${rule.where}`, () => {
      assert.ok(existsSync(join(import.meta.dirname, `${rule.where}.test.ts`)));
    });
  }

  if (rule.kind === 'administrators') {
    test(`${id} is for administrators only`, async () => {
      for (const as of ['ada', 'bob'] as const)
        for (const answer of await callAll(id, {}, as))
          assert.deepEqual([answer.status, answer.json.code], [403, 'access.admin-only']);
      for (const answer of await callAll(id, {}, 'root'))
        assert.ok(![401, 403].includes(answer.status), answer.text);
    });
  }

  if (rule.kind === 'own') {
    test(`${id} tells nothing of what is another user's`, async () => {
      for (const answer of await callAll(id, {}, 'bob')) {
        assert.ok(answer.status < 500, answer.text);
        assert.doesNotMatch(answer.text, new RegExp(MARK), id);
      }
    });
  }

  if (rule.kind === 'thing') {
    test(`${id} does not exist for another user, and does for ${who(rule.forAdministrators)}`, async () => {
      await assertHidden(id, rule.of, 'bob');
      if (ENDLESS.includes(id)) return;
      for (const answer of await callOwn(id, rule.of, 'ada')) assertReached(id, answer);
      if (!rule.forAdministrators) return assertHidden(id, rule.of, 'root');
      const { forOwner } = rule;
      for (const answer of await callOwn(id, rule.of, 'root'))
        if (forOwner) assert.deepEqual([answer.status, answer.json.code], [403, 'access.forbidden']);
        else assertReached(id, answer);
    });
  }
}

function who(forAdministrators: boolean): string {
  return forAdministrators ? 'its owner and administrators' : 'its owner only';
}

/** What is not the caller's and what there is not are answered alike, byte for byte. */
async function assertHidden(id: OperationId, kind: ThingKind, as: ApiUser): Promise<void> {
  const names = await makeThing(api, kind, ++made);
  const theirs = await callAll(id, names, as);
  const nothing = await callAll(id, NOTHING[kind], as);
  for (const answer of theirs) assert.equal(answer.status, 404, answer.text);
  assert.deepEqual(
    theirs.map(({ text }) => textWithout(text, names)),
    nothing.map(({ text }) => textWithout(text, NOTHING[kind])),
  );
}

/** The answer without what names the request and the thing in it. */
function textWithout(text: string, names: ThingNames): string {
  const anonymous = text.replace(/"requestId":"[^"]*"/, '');
  return Object.values(names).reduce((rest, name) => rest.replaceAll(name, 'NAME'), anonymous);
}

/** Each address gets a thing of its own: one call may end it. */
async function callOwn(id: OperationId, kind: ThingKind, as: ApiUser): Promise<ApiAnswer<unknown>[]> {
  return callAll(id, await makeThing(api, kind, ++made), as);
}

/** Neither refused nor unknown; whether it can be done is another matter. */
function assertReached(id: OperationId, { text, json }: ApiAnswer<unknown>): void {
  const unknown = routeOf(id).errors.find((code) => code.endsWith('.not-found'));
  assert.doesNotMatch(json.code ?? '', /^(auth|access)\./, text);
  assert.notEqual(json.code ?? '', unknown, text);
}
