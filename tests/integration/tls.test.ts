import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import pino from 'pino';
import { WebSocket } from 'ws';
import { readTlsCertificate, renewTlsCertificate } from '../../packages/server/src/http/tls-certificate.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { createTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openHttpBed } from '../support/http-bed.ts';
import { ADMIN_TOKEN, startService } from '../support/service.ts';

let certificates: Certificates;
let directory: string;
const files = () => ({ certPath: join(directory, 'cert.pem'), keyPath: join(directory, 'key.pem') });
before(() => {
  certificates = makeCertificates();
  directory = mkdtempSync(join(tmpdir(), 'arras-tls-'));
  writeFileSync(files().certPath, certificates.forLoopback.cert);
  writeFileSync(files().keyPath, certificates.forLoopback.key);
});
after(() => rmSync(directory, { recursive: true, force: true }));

interface Secure {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly certificate: PeerCertificate;
}

function get(url: string): Promise<Secure> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca: certificates.authority, agent: false }, (response) => {
      const socket = response.socket;
      assert.ok(socket instanceof TLSSocket);
      const certificate = socket.getPeerCertificate();
      const { statusCode: status, headers } = response;
      text(response).then((body) => resolve({ status, headers, body, certificate }), reject);
    });
    call.setHeader('authorization', `Bearer ${ADMIN_TOKEN}`);
    call.on('error', reject).end();
  });
}

test('the service speaks HTTPS, in its links and its channels too', async () => {
  const database = await createTestDatabase();
  try {
    await using service = await startService({
      databaseUrl: database.url,
      environment: { ARRAS_TLS_CERT: files().certPath, ARRAS_TLS_KEY: files().keyPath },
    });
    assert.match(service.url, /^https:\/\/127\.0\.0\.1:/);
    const me = await get(`${service.url}/profiles/v2/me`);
    assert.equal(me.status, 200);
    assert.match(String(me.headers['strict-transport-security']), /max-age/);
    assert.match(JSON.parse(me.body).result._links.self.href, /^https:/);
    await assert.rejects(fetch(service.url.replace('https', 'http')));
    await assert.rejects(fetch(service.url), 'an authority that is not known');
    const socket = new WebSocket(`${service.url.replace('https', 'wss')}/channels/v2`, {
      ca: certificates.authority,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  } finally {
    await database.drop();
  }
});

test('a renewed certificate is used for the next connection, a broken one never', async () => {
  const bed = await openHttpBed(undefined, { tls: await readTlsCertificate(files()) });
  const { server } = bed;
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const log = pino({ level: 'silent' });
  assert.ok('setSecureContext' in server.server);
  const secure = server.server as unknown as Parameters<typeof renewTlsCertificate>[0];
  const renewal = renewTlsCertificate(secure, files(), { log, everyMs: 50 });
  try {
    const before = (await get(`${url}/health/live`)).certificate.fingerprint256;
    writeFileSync(files().certPath, 'no certificate');
    const renewed = makeCertificates();
    assert.equal((await get(`${url}/health/live`)).certificate.fingerprint256, before);
    certificates = renewed;
    writeFileSync(files().keyPath, renewed.forLoopback.key);
    writeFileSync(files().certPath, renewed.forLoopback.cert);
    const seen = await eventually('the new one is shown', async () => {
      const answer = await get(`${url}/health/live`).catch(() => null);
      return answer === null ? null : answer.certificate.fingerprint256;
    });
    assert.notEqual(seen, before);
  } finally {
    renewal[Symbol.dispose]();
    await bed.close();
  }
});

test('files that are no certificate are named at the start', async () => {
  const start = (environment: Record<string, string>) =>
    startService({ databaseUrl: 'postgres://127.0.0.1:1/none', environment });
  await assert.rejects(
    start({ ARRAS_TLS_CERT: files().certPath }),
    /ARRAS_TLS_CERT, ARRAS_TLS_KEY: expected both/,
  );
  await assert.rejects(
    readTlsCertificate({ ...files(), keyPath: join(directory, 'missing') }),
    /missing cannot be read: ENOENT/,
  );
  writeFileSync(join(directory, 'other.pem'), certificates.forAnotherHost.key);
  await assert.rejects(
    readTlsCertificate({ ...files(), keyPath: join(directory, 'other.pem') }),
    /are not a certificate and its key in PEM: .*mismatch/i,
  );
});

test('a client that speaks an old version of TLS is refused', async () => {
  const bed = await openHttpBed(undefined, { tls: await readTlsCertificate(files()) });
  const { server } = bed;
  const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  try {
    const args = ['s_client', '-connect', url.host, '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'];
    const child = spawn('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const said = await text(child.stderr);
    assert.match(said, /alert protocol version|wrong version|unsupported protocol/i);
  } finally {
    await bed.close();
  }
});
