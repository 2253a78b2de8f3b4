import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectApi } from '../support/api.ts';
import { openDeliveryBed } from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';
import { startMailServer } from '../support/mail-server.ts';

test('the owner of a subscription that the service ends is told by mail, once', async () => {
  await using mails = await startMailServer();
  await using bed = await openDeliveryBed({
    ARRAS_SMTP_URL: mails.url,
    ARRAS_MAIL_FROM: 'arras@example.org',
  });
  await bed.api.call('POST', '/profiles/v2', { username: 'bob', email: 'bob@example.org' });
  const { token } = await bed.api.call<{ token: string }>('POST', '/tokens/v2', {
    name: 'test',
    username: 'bob',
  });
  const bob = connectApi(() => bed.faults.service(0).url, token);
  const job = await bed.job();
  await bed.api.call('POST', `/jobs/v2/${job.id}/pems`, { username: 'bob', permission: 'READ' });
  const subscription = await bob.call<{ id: string }>('POST', '/notifications/v2', {
    url: `${bed.receiver.url}/gone/bob`,
    event: 'HEARTBEAT',
    associatedUuid: job.id,
    persistent: true,
  });
  await bed.happen(job, 'HEARTBEAT');
  const handed = await eventually('a mail has come', () => mails.handed[0]);
  assert.deepEqual(handed.to, ['bob@example.org']);
  assert.match(handed.mail.subject ?? '', /DISABLED/);
  assert.match(handed.mail.text ?? '', new RegExp(subscription.id));
  assert.match(handed.mail.text ?? '', /410/);
  const listed = await bob.call<{ id: string }[]>('GET', '/notifications/v2?status=ACTIVE');
  assert.deepEqual(listed, []);
});
