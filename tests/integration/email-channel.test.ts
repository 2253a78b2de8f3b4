import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AttemptResult, Channel, Message } from '../../packages/server/src/channels/channel.ts';
import { createEmailChannel } from '../../packages/server/src/channels/email.ts';
import { renderJobMail } from '../../packages/server/src/domain/mail-text.ts';
import { describeChannel } from '../conformance/channel.ts';
import { makeCertificates } from '../support/certificates.ts';
import { channelMessage, neverAborted } from '../support/channel-message.ts';
import { type MailMode, type MailServer, startMailServer } from '../support/mail-server.ts';
import { shownJob } from '../support/shown-job.ts';

const FROM = 'Arras <noreply@arras.example.org>';
const VERSION = '1.2.3';

function channelTo(smtpUrl: string | null, wholeMs = 10_000): Channel {
  return createEmailChannel({ smtpUrl, from: FROM, version: VERSION, wholeMs });
}

describeChannel('email', async () => {
  const servers = { takes: await startMailServer(), hangs: await startMailServer() };
  servers.hangs.mode = 'slow';
  const refusing = await startMailServer();
  refusing.mode = '450';
  const away = await startMailServer();
  await away[Symbol.asyncDispose]();
  const urls = { ...urlsOf(servers), refuses: refusing.url, 'says-much': refusing.url, 'is-away': away.url };
  // One mail server belongs to one channel; this one chooses by the recipient so that all can be tried.
  const byHost = Object.fromEntries(Object.entries(urls).map(([kind, url]) => [kind, channelTo(url)]));
  const channel: Channel = {
    name: 'email',
    attempt: (message, signal) => {
      const inner = byHost[message.target.split('@')[0] ?? ''] ?? channelTo(null);
      return inner.attempt(message, signal);
    },
    close: async () => {
      await Promise.all(Object.values(byHost).map((each) => each.close()));
    },
  };
  return {
    channel,
    message: (kind) => channelMessage(`${kind}@example.org`),
    nonsense: () => channelMessage('takes@'),
    taken: () => servers.takes.handed.map(({ mail }) => mail.messageId?.replace(/^<|@.*$/g, '') ?? ''),
    [Symbol.asyncDispose]: async () => {
      await channel.close();
      const all = [...Object.values(servers), refusing];
      await Promise.all(all.map((server) => server[Symbol.asyncDispose]()));
    },
  };
});

function urlsOf<Name extends string>(servers: Readonly<Record<Name, MailServer>>): Record<Name, string> {
  const entries = Object.entries<MailServer>(servers).map(([name, { url }]) => [name, url]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

describe('mails', () => {
  let server: MailServer;
  let channel: Channel;
  before(async () => {
    server = await startMailServer();
    channel = channelTo(server.url);
  });
  after(async () => {
    await channel.close();
    await server[Symbol.asyncDispose]();
  });

  function send(mode: MailMode, changes: Partial<Message> = {}): Promise<AttemptResult> {
    server.mode = mode;
    return channel.attempt(channelMessage('ada+job-1@example.org', changes), neverAborted());
  }

  test("the guide's sample arrives as text and as HTML, from the sender to the one recipient", async () => {
    const job = shownJob({ name: 'Näme "x" & <y>' });
    const mail = renderJobMail({ event: 'FINISHED', job });
    const result = await send('ok', { mail });
    assert.equal(result.outcome, 'delivered');
    assert.equal(result.code, 200);
    const handed = server.handed.at(-1);
    assert.ok(handed);
    assert.equal(handed.from, 'noreply@arras.example.org');
    assert.deepEqual(handed.to, ['ada+job-1@example.org']);
    assert.equal(handed.mail.from?.text, '"Arras" <noreply@arras.example.org>');
    assert.equal(handed.mail.subject, mail.subject);
    assert.equal(handed.mail.text, mail.text);
    assert.equal(handed.mail.html, mail.html);
  });

  test('ids are stable, a job is one conversation, and machines are told not to answer', async () => {
    const message = channelMessage('ada@example.org');
    for (const day of ['2026-01-01', '2026-01-02']) {
      await channel.attempt({ ...message, attemptedAt: new Date(day) }, neverAborted());
    }
    const [first, second] = server.handed.slice(-2).map(({ mail }) => mail);
    const id = `<${message.messageId}@arras.example.org>`;
    assert.equal(first?.messageId, id);
    assert.equal(second?.messageId, id);
    const thread = '<0001414144065563-5056a550b8-0001-007@arras.example.org>';
    assert.equal(second.inReplyTo, thread);
    assert.deepEqual([second.references].flat(), [thread]);
    assert.equal(second.date?.toISOString(), '2026-01-02T00:00:00.000Z');
    const headers = Object.fromEntries(second.headers);
    assert.equal(headers['x-agave-delivery'], message.deliveryId);
    assert.equal(headers['x-agave-notification'], message.subscriptionId);
    assert.equal(headers['x-agave-event'], 'FINISHED');
    assert.equal(headers['user-agent'], 'Agave-Hookbot/1.2.3');
    assert.equal(headers['auto-submitted'], 'auto-generated');
    assert.equal(headers['x-mailer'], undefined);
  });

  test('4xx is refused for now, and accepted when the server has changed its mind (T69)', async () => {
    assert.partialDeepStrictEqual(await send('450'), {
      outcome: 'refused',
      code: 500,
      message: '450 mailbox busy',
      permanent: null,
    });
    const greylisted = channelMessage('grey@example.org');
    server.mode = 'greylist';
    assert.partialDeepStrictEqual(await channel.attempt(greylisted, neverAborted()), {
      outcome: 'refused',
      permanent: null,
    });
    assert.equal((await channel.attempt(greylisted, neverAborted())).outcome, 'delivered');
  });

  test('5xx about the message is for ever, at the recipient and after DATA (T69)', async () => {
    for (const mode of ['550', 'rcpt550', 'data550'] as const) {
      assert.partialDeepStrictEqual(await send(mode), { outcome: 'refused', code: 500, permanent: 'never' });
    }
  });

  test('a server that wants a login we do not have refuses the operator, not the mail', async () => {
    assert.partialDeepStrictEqual(await send('auth530'), { outcome: 'refused', permanent: null });
  });

  test('a cut after DATA leaves it open: unreachable, and the same Message-ID again (T69)', async () => {
    const before = server.handed.length;
    assert.equal((await send('drop-after-data')).outcome, 'unreachable');
    assert.equal((await send('ok')).outcome, 'delivered');
    const ids = server.handed.slice(before).map(({ mail }) => mail.messageId);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  test('every address that is not one plain address is refused before a connection (T70)', async () => {
    const before = server.handed.length;
    server.mode = 'ok';
    const wrong = [
      'u@x.org\r\nBcc: evil@e.org',
      'u@x.org, evil@e.org',
      '"u, evil"@x.org',
      'u@x.org (c)',
      'g: u@x.org;',
      `${'u'.repeat(400)}@x.org`,
    ];
    for (const target of wrong) {
      assert.partialDeepStrictEqual(await channel.attempt(channelMessage(target), neverAborted()), {
        outcome: 'refused',
        permanent: 'never',
      });
    }
    assert.equal(server.handed.length, before);
  });

  test('no name of a job adds a header, a recipient or markup (T70)', async () => {
    const name = 'x\r\nBcc: evil@example.org\r\nContent-Type: text/html\r\n\r\n<script>\u202e</script>';
    const mail = renderJobMail({ event: 'FAILED', job: shownJob({ name, lastStatusMessage: name }) });
    assert.equal((await send('ok', { mail })).outcome, 'delivered');
    const handed = server.handed.at(-1);
    assert.deepEqual(handed?.to, ['ada+job-1@example.org']);
    assert.equal(handed.mail.bcc, undefined);
    assert.doesNotMatch(handed.raw, /^Bcc:/im);
    assert.doesNotMatch(String(handed.mail.html), /<script/);
    assert.doesNotMatch(handed.mail.subject ?? '', /\u202e/);
  });
});

describe('mail servers in trouble', () => {
  test('a server that is busy, slow to greet or away is unreachable for now (T69)', async () => {
    await using server = await startMailServer();
    const attempt = async (mode: MailMode) => {
      server.mode = mode;
      const channel = channelTo(server.url, 800);
      const result = await channel.attempt(channelMessage('ada@example.org'), neverAborted());
      await channel.close();
      return result;
    };
    assert.partialDeepStrictEqual(await attempt('421'), { outcome: 'unreachable', code: 500 });
    assert.deepEqual(await attempt('slow'), {
      outcome: 'unreachable',
      code: 500,
      message: 'the mail server did not answer in time',
    });
  });

  test('without a mail server the result says which setting is missing', async () => {
    const result = await channelTo(null).attempt(channelMessage('ada@example.org'), neverAborted());
    assert.deepEqual(result, {
      outcome: 'unreachable',
      code: 500,
      message: 'no mail server is configured: set ARRAS_SMTP_URL',
    });
  });

  test('a sender or a server that cannot be used is refused at the start, without repeating it', () => {
    const make = (from: string, smtpUrl: string) => () =>
      createEmailChannel({ smtpUrl, from, version: VERSION });
    assert.throws(make('secret', 'smtp://localhost'), /^Error: expected a sender(?!.*secret)/);
    assert.throws(make(FROM, 'http://secret'), /^Error: an address such as smtp:(?!.*secret)/);
  });
});

describe('TLS and login of mail servers', () => {
  const certificates = makeCertificates();
  const login = { user: 'ada', pass: 'p@:ss' };

  async function sendThrough(url: string): Promise<AttemptResult> {
    const channel = channelTo(url);
    try {
      return await channel.attempt(channelMessage('ada@example.org'), neverAborted());
    } finally {
      await channel.close();
    }
  }

  test('STARTTLS is used when it is offered, even with a certificate of nobody', async () => {
    await using server = await startMailServer({ tls: certificates.selfSigned });
    assert.equal((await sendThrough(server.url)).outcome, 'delivered');
    assert.equal(server.handed[0]?.secure, true);
    assert.equal((await sendThrough(`${server.url}?starttls=never`)).outcome, 'delivered');
    assert.equal(server.handed[1]?.secure, false);
  });

  test('where TLS is required, neither a missing STARTTLS nor an unknown certificate passes (T69)', async () => {
    await using plain = await startMailServer();
    await using unknown = await startMailServer({ tls: certificates.selfSigned });
    await using implicit = await startMailServer({ tls: certificates.selfSigned, implicitTls: true });
    for (const url of [`${plain.url}?starttls=required`, `${unknown.url}?starttls=required`, implicit.url]) {
      assert.equal((await sendThrough(url)).outcome, 'unreachable', url);
    }
    assert.deepEqual([...plain.handed, ...unknown.handed, ...implicit.handed], []);
  });

  test('the login of the URL is used, and a wrong one is never shown', async () => {
    await using server = await startMailServer({ login });
    const withLogin = (text: string) => server.url.replace('://', `://${text}@`);
    assert.equal((await sendThrough(withLogin('ada:p%40%3Ass'))).outcome, 'delivered');
    assert.equal(server.handed[0]?.user, 'ada');
    const result = await sendThrough(withLogin('ada:wrong'));
    assert.equal(result.outcome, 'unreachable');
    assert.doesNotMatch(result.message, /wrong|YWRh/);
  });
});
