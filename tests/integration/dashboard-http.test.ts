import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { readDashboard, serveDashboard } from '../../packages/server/src/http/dashboard.ts';

const SCRIPT = `export const text = '${'arras '.repeat(200)}';\n`;
let directory: string;
let app: FastifyInstance;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'arras-dashboard-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(
    join(directory, 'index.html'),
    '<!doctype html><title>Arras</title><script src="./assets/main-Ab12.js"></script>',
  );
  await writeFile(join(directory, 'assets/main-Ab12.js'), SCRIPT);
  app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  serveDashboard(app, await readDashboard(directory));
});
after(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

test('every address of the dashboard is the same page, asked for each time', async () => {
  for (const url of ['/', '/ui/', '/ui/jobs/123?tab=logs', '/ui/help/guides/data']) {
    const { statusCode, headers, body } = await app.inject({ url });
    assert.equal(statusCode, 200, url);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.match(body, /<title>Arras/);
  }
});

test('the page may load nothing from elsewhere and run nothing that is inline', async () => {
  const { headers } = await app.inject({ url: '/' });
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
});

test('its parts are compressed and kept for ever', async () => {
  const { headers, rawPayload } = await app.inject({
    url: '/assets/main-Ab12.js',
    headers: { 'accept-encoding': 'gzip, deflate' },
  });
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(gunzipSync(rawPayload).toString(), SCRIPT);
  const plain = await app.inject({ url: '/assets/main-Ab12.js' });
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.notEqual(plain.headers.etag, headers.etag);
  assert.equal(plain.body, SCRIPT);
});

test('who has the page is told that it has not changed', async () => {
  const { headers } = await app.inject({ url: '/' });
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } });
  assert.deepEqual([again.statusCode, again.body], [304, '']);
});

test('the page names its parts from where it is shown, so that a path of a proxy before it does not matter', async () => {
  const places = {
    '/': './',
    '/ui': './',
    '/ui/jobs?tab=a/b': '../',
    '/ui/jobs/1': '../../',
    '/ui/jobs/': '../../',
  };
  for (const [url, up] of Object.entries(places))
    assert.match(
      (await app.inject({ url })).body,
      new RegExp(`src="${up.replaceAll('.', '\\.')}assets/main`),
      url,
    );
  assert.equal((await app.inject({ url: `/ui${'/a'.repeat(2_000)}` })).statusCode, 404);
});

test('HEAD has the head only, other methods and other files find nothing', async () => {
  const head = await app.inject({ method: 'HEAD', url: '/' });
  assert.deepEqual([head.statusCode, head.body], [200, '']);
  assert.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 404);
  const unknown = ['/assets/other.js', '/assets/../index.html', '/assets/..%2findex.html', '/assets/'];
  for (const url of unknown) assert.equal((await app.inject({ url })).statusCode, 404, url);
});

test('without a build the page says how to make one', async () => {
  const bare = fastify();
  assert.equal(await readDashboard(join(directory, 'missing')), null);
  serveDashboard(bare, null);
  const { statusCode, headers, body } = await bare.inject({ url: '/' });
  assert.deepEqual([statusCode, headers['content-type']], [503, 'text/plain; charset=utf-8']);
  assert.match(body, /npm run build/);
});
