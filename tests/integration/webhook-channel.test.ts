import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { AttemptResult, Channel, Message } from '../../packages/server/src/channels/channel.ts';
import { Exchange } from '../../packages/server/src/channels/exchange.ts';
import { formatSigningSecret } from '../../packages/server/src/channels/signature.ts';
import { createWebhookChannel } from '../../packages/server/src/channels/webhook.ts';
import { createEgressGuard } from '../../packages/server/src/net/egress.ts';
import { describeChannel } from '../conformance/channel.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { channelMessage, neverAborted } from '../support/channel-message.ts';
import { eventually } from '../support/eventually.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startReceiverProcess } from '../support/receiver-process.ts';

const LOOPBACK = ['127.0.0.0/8'];

/** Nothing listens on port 1 of loopback addresses, and it is a port that calls refuse; this one is just closed. */
async function closedPort(): Promise<number> {
  const receiver = await startReceiver();
  await receiver[Symbol.asyncDispose]();
  return receiver.port;
}

describeChannel('webhook', async () => {
  const receiver = await startReceiver();
  const away = await closedPort();
  const guard = createEgressGuard({ allow: LOOPBACK });
  const channel = createWebhookChannel({ guard, version: '1.2.3' });
  const much = encodeURIComponent('\u001b[31mé'.repeat(900));
  const paths = {
    takes: '/ok',
    refuses: '/code/500',
    'says-much': `/say?code=500&text=${much}`,
    hangs: '/hang',
  } as const;
  return {
    channel,
    message: (kind) =>
      channelMessage(kind === 'is-away' ? `http://127.0.0.1:${away}/` : `${receiver.url}${paths[kind]}`, {
        secrets: [formatSigningSecret(Buffer.alloc(32, 7))],
      }),
    nonsense: () => channelMessage('https://'),
    taken: () =>
      receiver.received
        .filter(({ path }) => path === '/ok')
        .map(({ headers }) => String(headers['webhook-id'])),
    [Symbol.asyncDispose]: async () => {
      await channel.close();
      await receiver[Symbol.asyncDispose]();
    },
  };
});

describe('webhooks', () => {
  let receiver: Receiver;
  let channel: Channel;
  let hasty: Channel;
  before(async () => {
    receiver = await startReceiver();
    const guard = createEgressGuard({ allow: LOOPBACK });
    channel = createWebhookChannel({ guard, version: '1.2.3' });
    hasty = createWebhookChannel({ guard, version: '1.2.3', answerMs: 400 });
  });
  after(async () => {
    await channel.close();
    await receiver[Symbol.asyncDispose]();
  });

  function call(path: string, changes: Partial<Message> = {}, through = channel): Promise<AttemptResult> {
    return through.attempt(channelMessage(`${receiver.url}${path}`, changes), neverAborted());
  }

  test('the request is a POST of the bytes with the headers of the original', async () => {
    const message = channelMessage(`${receiver.url}/ok/a%2Fb/%252E%252E?x=%26y#fragment`);
    const result = await channel.attempt(message, neverAborted());
    assert.deepEqual(result, { outcome: 'delivered', code: 200, message: 'ok' });
    const arrived = receiver.received.at(-1);
    assert.equal(arrived?.method, 'POST');
    assert.equal(arrived.path, '/ok/a%2Fb/%252E%252E?x=%26y');
    assert.equal(arrived.body, '{"id":"1","name":"é"}');
    assert.partialDeepStrictEqual(arrived.headers, {
      'content-type': 'application/json',
      'user-agent': 'Agave-Hookbot/1.2.3',
      'x-agave-delivery': message.deliveryId,
      'x-agave-notification': message.subscriptionId,
      'x-agave-event': 'FINISHED',
    });
    const names = Object.keys(arrived.headers);
    for (const absent of ['webhook-signature', 'authorization', 'accept-encoding']) {
      assert.ok(!names.includes(absent), absent);
    }
  });

  test('what an attempt met is noted even where no answer came, and no answer in time is a timeout', async () => {
    const exchange = new Exchange();
    const late = channelMessage(`${receiver.url}/hang`);
    assert.equal((await hasty.attempt(late, neverAborted(), exchange)).outcome, 'unreachable');
    assert.deepEqual([exchange.error, exchange.answer], ['timeout', null]);
    assert.deepEqual(exchange.sent[0], ['Host', `127.0.0.1:${receiver.port}`]);
  });

  test('an event without content is one blank', async () => {
    await call('/ok', { body: new Uint8Array() });
    assert.equal(receiver.received.at(-1)?.body, ' ');
  });

  test('user info becomes Basic authentication, divided at the first colon, and is in no URL', async () => {
    const target = receiver.url.replace('://', '://ada:p:a%40s@s@');
    await channel.attempt(channelMessage(`${target}/ok`), neverAborted());
    const arrived = receiver.received.at(-1);
    const expected = Buffer.from('ada:p:a@s@s').toString('base64');
    assert.equal(arrived?.headers.authorization, `Basic ${expected}`);
    assert.equal(arrived.headers.host, `127.0.0.1:${receiver.port}`);
    const refused = await channel.attempt(channelMessage(`${target}/code/500`), neverAborted());
    assert.doesNotMatch(JSON.stringify(refused), /ada|s@s/);
  });

  test('with secrets the call verifies with each of them by the public library', async () => {
    const secrets = [1, 2].map((byte) => formatSigningSecret(Buffer.alloc(32, byte)));
    await call('/ok', { secrets });
    const arrived = receiver.received.at(-1);
    assert.ok(arrived);
    for (const secret of secrets) {
      const verified = new Webhook(secret).verify(arrived.body, arrived.headers as Record<string, string>);
      assert.deepEqual(verified, { id: '1', name: 'é' });
    }
  });

  test('2xx is delivered, every other code is refused, and only 410 is for ever', async () => {
    for (const code of [200, 201, 202, 204, 299]) {
      assert.equal((await call(`/code/${code}`)).outcome, 'delivered', `${code}`);
    }
    for (const code of [
      300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 599,
    ]) {
      const result = await call(`/code/${code}`);
      assert.ok(result.outcome === 'refused', `${code}`);
      assert.equal(result.code, code);
      assert.equal(result.permanent, code === 410 ? 'gone' : null);
      assert.equal(result.retryAfterMs, null);
    }
  });

  test('what is said is kept, the reason phrase where nothing is said', async () => {
    assert.partialDeepStrictEqual(await call('/say?code=422&text=no%20such%20job%0a%0a'), {
      code: 422,
      message: 'no such job',
    });
    assert.equal((await call('/code/503')).message, 'Service Unavailable');
    assert.equal((await call('/code/204')).message, '204 No Content');
  });

  test('redirects and loops of them are not followed, wherever they lead (T59)', async () => {
    await using elsewhere = await startReceiver();
    const before = receiver.received.length;
    for (const to of [`${elsewhere.url}/ok`, 'http://169.254.169.254/', 'http://127.0.0.1:1/', '/ok']) {
      const result = await call(`/redir?to=${encodeURIComponent(to)}`);
      assert.partialDeepStrictEqual(result, { outcome: 'refused', message: 'redirects are not followed' });
    }
    assert.equal((await call('/loop')).outcome, 'refused');
    assert.equal(receiver.received.length, before + 5);
    assert.equal(elsewhere.connections(), 0);
  });

  test('Retry-After is understood in seconds and as a date, and otherwise ignored (T61)', async () => {
    const retryAfter = async (value: string) => {
      const result = await call(`/retry?after=${encodeURIComponent(value)}`);
      return result.outcome === 'refused' ? result.retryAfterMs : undefined;
    };
    assert.equal(await retryAfter('7'), 7_000);
    assert.equal(await retryAfter('315360000'), 86_400_000);
    assert.equal(await retryAfter('soon'), null);
    assert.equal(await retryAfter(new Date(Date.now() - 60_000).toUTCString()), null);
    const minute = (await retryAfter(new Date(Date.now() + 60_000).toUTCString())) ?? 0;
    assert.ok(minute > 50_000 && minute <= 60_000);
  });

  test('resets, closed ports and answers that are no HTTP are unreachable, with sentences of our own', async () => {
    assert.partialDeepStrictEqual(await call('/reset'), { outcome: 'unreachable', code: 500 });
    assert.deepEqual(await call('/garbage'), {
      outcome: 'unreachable',
      code: 500,
      message: 'the answer is no HTTP',
    });
    const target = `http://127.0.0.1:${await closedPort()}/`;
    assert.deepEqual(await channel.attempt(channelMessage(target), neverAborted()), {
      outcome: 'unreachable',
      code: 500,
      message: 'nothing listens there: the connection was refused',
    });
  });

  test('an answer in time counts, one that is late or never whole does not (T58)', async () => {
    assert.equal((await call('/slow/200', {}, hasty)).outcome, 'delivered');
    for (const path of ['/slow/600', '/tarpit', '/hang']) {
      assert.deepEqual(await call(path, {}, hasty), {
        outcome: 'unreachable',
        code: 500,
        message: 'no whole answer within 0.4 s',
      });
    }
    await eventually('the slow calls are cut', async () => (await receiver.open()) <= 1);
  });

  test('endless, compressed and swollen answers cost little and are cut (T60)', async () => {
    await using hostile = await startReceiverProcess();
    const attempt = (path: string) =>
      channel.attempt(channelMessage(`${hostile.url}${path}`), neverAborted());
    const round = async () => {
      assert.deepEqual(await attempt('/big'), {
        outcome: 'delivered',
        code: 200,
        message: 'x'.repeat(1_024),
      });
      assert.deepEqual(await attempt('/bomb'), { outcome: 'delivered', code: 200, message: '200 OK' });
      assert.deepEqual(await attempt('/bigheaders'), {
        outcome: 'unreachable',
        code: 500,
        message: 'the head of the answer is too large',
      });
    };
    for (let count = 0; count < 5; count += 1) await round();
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 10; count += 1) await round();
    // Half a megabyte for each, where only one of them read whole would be gigabytes: what is left is the
    // allocator's, which gives pages back late.
    const grownBytes = process.memoryUsage().rss - before;
    assert.ok(grownBytes < 16 * 1024 * 1024, `${grownBytes}`);
  });

  test('connections are used again, and bounded for each origin', async () => {
    await using fresh = await startReceiver();
    for (let round = 0; round < 20; round += 1) {
      await channel.attempt(channelMessage(`${fresh.url}/ok`), neverAborted());
    }
    assert.ok(fresh.connections() <= 2, `${fresh.connections()}`);
    const target = `${fresh.url}/slow/20`;
    await Promise.all(
      Array.from({ length: 100 }, () => channel.attempt(channelMessage(target), neverAborted())),
    );
    assert.ok(fresh.connections() <= 24, `${fresh.connections()}`);
  });
});

describe('webhooks over TLS', () => {
  let certificates: Certificates;
  let channel: Channel;
  before(() => {
    certificates = makeCertificates();
    const guard = createEgressGuard({ allow: LOOPBACK, authorities: certificates.authority });
    channel = createWebhookChannel({ guard, version: '1.2.3' });
  });
  after(() => channel.close());

  test('a certificate of a known authority for the host is trusted, for names and for addresses', async () => {
    await using receiver = await startReceiver(certificates.forLoopback);
    for (const host of ['127.0.0.1', 'localhost']) {
      const target = `https://${host}:${receiver.port}/ok`;
      assert.equal((await channel.attempt(channelMessage(target), neverAborted())).outcome, 'delivered');
    }
  });

  test('other certificates, and no TLS at all, are failures before anything is sent', async () => {
    const wrong = [
      [certificates.selfSigned, 'the certificate is signed by itself'],
      [certificates.forAnotherHost, 'the certificate is for another host'],
      [null, 'TLS could not be agreed on'],
    ] as const;
    for (const [certificate, message] of wrong) {
      await using receiver = await startReceiver(certificate);
      const target = `https://127.0.0.1:${receiver.port}/ok`;
      const result = await channel.attempt(channelMessage(target), neverAborted());
      assert.deepEqual(result, { outcome: 'unreachable', code: 404, message });
      assert.equal(receiver.received.length, 0);
    }
  });

  test('a server that never answers the handshake is given up after 5 s', async () => {
    const silent = createServer((socket) => socket.resume().on('error', () => undefined)).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    const target = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const results = await Promise.all(
      Array.from({ length: 10 }, () => channel.attempt(channelMessage(target), neverAborted())),
    );
    for (const result of results) {
      assert.deepEqual(result, { outcome: 'unreachable', code: 408, message: 'no connection within 5 s' });
    }
    const closed = once(silent, 'close');
    silent.close();
    await closed;
  });
});
