import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownJob } from '../../../../tests/support/shown-job.ts';
import { renderJobMail, renderResourceMail } from './mail-text.ts';

test("the text is the guide's sample: its sentence and its eight lines in its order", () => {
  const { text } = renderJobMail({ event: 'FINISHED', job: shownJob() });
  assert.equal(
    text,
    `The status of job 0001414144065563-5056a550b8-0001-007, "demo-pyplot-demo-advanced test-1414139896," has changed to FINISHED.

Name: demo-pyplot-demo-advanced test-1414139896
URL: https://api.tacc.utexas.edu/jobs/v2/0001414144065563-5056a550b8-0001-007
Message: Job completed successfully.
Submit Time: 2014-10-24T04:48:11.000-05:00
Start Time: 2014-10-24T04:48:08.000-05:00
End Time: 2014-10-24T04:48:15.000-05:00
Output Path: ada/archive/jobs/job-0001414144065563-5056a550b8-0001-007
Output URL: https://api.tacc.utexas.edu/jobs/v2/0001414144065563-5056a550b8-0001-007/outputs
`,
  );
});

test('the subject is one line with event, name and id; all mails about a job share a thread', () => {
  const job = shownJob();
  const { subject, threadId } = renderJobMail({ event: 'FINISHED', job });
  assert.equal(subject, `FINISHED: ${job.name} (job ${job.id})`);
  assert.equal(threadId, job.id);
  assert.equal(renderJobMail({ event: 'RUNNING', job }).threadId, threadId);
});

test('before anything exists the lines are empty, and the work directory stands in for the archive', () => {
  const { archivePath, ...job } = shownJob({ startTime: null, endTime: null, lastStatusMessage: null });
  const { text } = renderJobMail({ event: 'PENDING', job });
  assert.match(
    text,
    /\nMessage:\nSubmit Time: .*\nStart Time:\nEnd Time:\nOutput Path: ada\/0001414144065563/,
  );
  assert.match(
    renderJobMail({ event: 'PENDING', job: { ...job, outputPath: null } }).text,
    /\nOutput Path:\n/,
  );
  assert.ok(archivePath);
});

test('an event that is no status does not claim a change of status', () => {
  const { text } = renderJobMail({ event: 'HEARTBEAT', job: shownJob() });
  assert.match(text, /^The event HEARTBEAT has occurred at job 0001414144065563-5056a550b8-0001-007, "demo/);
  assert.match(text, /\nOutput URL: /);
});

test('an event of a program itself brings its data', () => {
  const job = shownJob();
  const { text, html } = renderJobMail({ event: 'step_done', job, data: { step: 3, note: '<b>&' } });
  assert.match(
    text,
    /^The event step_done has occurred at job .*\n\n\{\n {2}"step": 3,\n {2}"note": "<b>&"\n\}\n$/,
  );
  assert.match(
    html,
    /<pre>\{\n {2}&quot;step&quot;: 3,\n {2}&quot;note&quot;: &quot;&lt;b&gt;&amp;&quot;\n\}<\/pre>/,
  );
  const long = renderJobMail({ event: 'x', job, data: 'é'.repeat(100_000) });
  assert.ok(long.text.length < 17_000);
});

test('names and messages add neither lines, headers nor markup, and turn no text around', () => {
  const evil = 'x\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script>\u202etxt.exe\u2028"\'\0\u0085';
  const { subject, text, html } = renderJobMail({
    event: 'FAILED',
    job: shownJob({ name: evil, lastStatusMessage: evil, archivePath: `https://${evil}` }),
  });
  assert.doesNotMatch(subject, /[\p{Cc}\u2028\u202e]/u);
  assert.equal(text.split('\n').length, 11);
  assert.doesNotMatch(text, /^Bcc:/m);
  assert.doesNotMatch(`${text}${html}`, /[^\P{Cc}\n]|[\u202a-\u202e\u2028]/u);
  assert.doesNotMatch(html, /<script/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.equal(html.match(/<a href="https:\/\/api\.tacc\.utexas\.edu\//g)?.length, 2);
  assert.equal(html.match(/<a /g)?.length, 2);
});

test('the HTML part has the same content', () => {
  const { text, html } = renderJobMail({ event: 'FINISHED', job: shownJob() });
  const plain = html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .split('\n')
    .filter(Boolean);
  assert.deepEqual(plain, text.split('\n').filter(Boolean));
});

test('why a job ended and what it used follow the lines of the guide', () => {
  const endCause = { code: 'TIME_LIMIT', sentence: 'It reached its time limit.', action: 'Ask for more.' };
  const report = {
    wallTime: { used: 60, requested: 60, share: 1 },
    cpuTime: null,
    memory: null,
    notes: [],
  };
  const { text } = renderJobMail({ event: 'FAILED', job: shownJob({ status: 'FAILED', endCause, report }) });
  const lines = text.trimEnd().split('\n');
  assert.deepEqual(lines.slice(10), [
    'Cause: TIME_LIMIT. It reached its time limit.',
    'Action: Ask for more.',
    'Wall Time: 00:01:00 of 00:01:00 (100 %)',
  ]);
});

test('a mail about another resource names it and what it says of itself', () => {
  const lines = [['URL', 'https://h/\r\nX: <y>']] as const;
  const mail = renderResourceMail({ event: 'DISABLED', title: 'subscription', uuid: '1-a-b-011', lines });
  assert.equal(mail.subject, 'DISABLED: subscription');
  assert.match(
    mail.text,
    /^The event DISABLED has occurred at the subscription \(1-a-b-011\)\.\n\nURL: https:\/\/h\/ X: <y>\n$/,
  );
  assert.match(mail.html, /&lt;y&gt;/);
});
