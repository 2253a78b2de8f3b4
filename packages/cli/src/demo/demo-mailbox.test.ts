import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import { startDemoMailbox } from './demo-mailbox.ts';

test('the mailbox takes mails from a real mail client, several on one connection', async () => {
  await using mailbox = await startDemoMailbox();
  const transport = createTransport({ url: mailbox.url, pool: true, maxConnections: 1 });
  for (const subject of ['one', 'two é'])
    await transport.sendMail({
      from: 'a@x.org',
      to: 'b@x.org',
      subject,
      text: '.dots\n..and é',
      html: '<p>',
    });
  transport.close();
  assert.deepEqual(
    mailbox.mails.map(({ to, subject }) => [to, subject]),
    [
      ['b@x.org', 'one'],
      ['b@x.org', 'two é'],
    ],
  );
  assert.equal(mailbox.mails[0]?.text, '.dots\n..and é');
});
