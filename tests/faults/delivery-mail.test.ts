import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { AttemptView } from '../../packages/contract/src/index.ts';
import { jobEnd, submitJob } from '../support/api.ts';
import { checkMatched, type DeliveryBed, openDeliveryBed } from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';
import { type Handed, type MailServer, startMailServer } from '../support/mail-server.ts';

let mail: MailServer;
let bed: DeliveryBed;
before(async () => {
  mail = await startMailServer();
  // No mail server yet: the last test of the first kind restarts the service with one.
  bed = await openDeliveryBed({ ARRAS_MAIL_FROM: 'Arras <arras@jobs.example.org>' });
});
after(async () => {
  await checkMatched(bed);
  await bed[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
});

const SOON = { retryStrategy: 'IMMEDIATE', retryLimit: 100 };

function mailsTo(address: string): readonly Handed[] {
  return mail.handed.filter(({ to }) => to.includes(address));
}

function attemptsOf(id: string): Promise<AttemptView[]> {
  return bed.api.call<AttemptView[]>('GET', `/notifications/v2/${id}/attempts?status=all&limit=250`);
}

test('without a mail server mails wait, say why, and are sent when there is one', async () => {
  const job = await bed.job();
  const { id } = await bed.subscribe(job.id, 'early@example.org', { policy: SOON });
  await bed.happen(job, 'HEARTBEAT');
  const attempt = await eventually('it was tried', async () => (await attemptsOf(id))[0]);
  assert.match(JSON.stringify(attempt), /no mail server is configured/);
  assert.equal((await bed.deliveries(id))[0]?.state, 'pending');
  assert.equal(await bed.faults.service(0).stop(), 0);
  await bed.faults.start(0, { environment: { ARRAS_SMTP_URL: mail.url } });
  await bed.settled(id);
  assert.equal(mailsTo('early@example.org').length, 1);
});

/** The guide's sample with the values of another job. */
async function sampleWith(values: Readonly<Record<string, string>>): Promise<string[]> {
  const sample = await readFile(new URL('../support/guide-mail.txt', import.meta.url), 'utf8');
  return sample
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/<([A-Z_]+)>/g, (_, name: string) => values[name] ?? `no ${name}`));
}

test("the mail about a finished job is the guide's sample, line by line", async () => {
  const submitted = await submitJob(bed.api, bed.appId, {
    name: 'demo-pyplot-demo-advanced test-1414139896',
    archive: true,
    notifications: [{ url: 'jane+${JOB_ID}@example.org', event: 'FINISHED' }],
  });
  const job = await jobEnd(bed.api, submitted.id);
  const handed = await eventually('the mail is there', () => mailsTo(`jane+${job.id}@example.org`)[0]);
  const expected = await sampleWith({
    ID: job.id,
    NAME: job.name,
    URL: job._links.self.href,
    SUBMITTED: job.submitTime ?? '',
    STARTED: job.startTime ?? '',
    ENDED: job.endTime ?? '',
    PATH: job.archivePath ?? '',
  });
  assert.deepEqual(handed.mail.text?.trimEnd().split('\n'), expected);
  assert.equal(handed.from, 'arras@jobs.example.org');
  assert.deepEqual(handed.to, [`jane+${job.id}@example.org`]);
  assert.match(String(handed.mail.subject), new RegExp(`FINISHED.*${job.id}`));
  for (const line of expected.slice(2)) {
    const [, label = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? [];
    assert.match(String(handed.mail.html), new RegExp(`<strong>${label}:</strong>`), label);
    assert.ok(String(handed.mail.html).includes(value), value);
  }
});

test('a connection cut after the mail was handed over gives the same Message-ID again', async () => {
  const job = await bed.job();
  const { id } = await bed.subscribe(job.id, 'cut@example.org', { policy: SOON });
  mail.mode = 'drop-after-data';
  await bed.happen(job, 'HEARTBEAT');
  await eventually('a mail was cut off', () => mailsTo('cut@example.org').length > 0);
  mail.mode = 'ok';
  await bed.settled(id);
  const ids = mailsTo('cut@example.org').map((handed) => handed.mail.messageId);
  assert.ok(ids.length >= 2);
  assert.equal(new Set(ids).size, 1);
  const texts = mailsTo('cut@example.org').map((handed) => handed.mail.text);
  assert.equal(new Set(texts).size, 1);
});

test('a mail that is refused for ever is parked at once, one that is refused for now is sent later', async () => {
  const job = await bed.job();
  const refused = await bed.subscribe(job.id, 'nobody@example.org', { policy: SOON });
  mail.mode = '550';
  await bed.happen(job, 'HEARTBEAT');
  const [delivery] = await bed.settled(refused.id);
  assert.equal(delivery?.state, 'parked');
  assert.equal((await attemptsOf(refused.id)).length, 1);
  await bed.api.call('DELETE', `/notifications/v2/${refused.id}`);
  mail.mode = 'greylist';
  const greylisted = await bed.subscribe(job.id, 'grey@example.org', { policy: SOON });
  await bed.happen(job, 'HEARTBEAT');
  await bed.settled(greylisted.id);
  mail.mode = 'ok';
  assert.equal(mailsTo('grey@example.org').length, 1);
  assert.equal((await attemptsOf(greylisted.id)).length, 2);
});
