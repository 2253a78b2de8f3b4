import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, callTexts } from './copy-as.ts';
import { possibleActions } from './job-actions.ts';

const job = { status: 'RUNNING', visible: true, stopRequested: false, owner: 'ada' } as const;

test('a running job can be stopped, killed and paused, and submitted again by its owner alone', () => {
  assert.deepEqual(possibleActions(job, 'ada'), ['stop', 'kill', 'pause', 'resubmit', 'hide']);
  assert.deepEqual(possibleActions(job, 'bob'), ['stop', 'kill', 'pause', 'hide']);
});

test('a stop that was asked for is not asked for again, but who waits in vain may kill', () => {
  assert.deepEqual(possibleActions({ ...job, stopRequested: true }, 'bob'), ['kill', 'hide']);
});

test('a job that has ended can only be submitted again, hidden and brought back', () => {
  assert.deepEqual(possibleActions({ ...job, status: 'FAILED' }, 'ada'), ['resubmit', 'hide']);
  const hidden = { ...job, status: 'FAILED', visible: false } as const;
  assert.deepEqual(possibleActions(hidden, 'bob'), ['unhide']);
});

test('a paused job can be resumed', () => {
  assert.ok(possibleActions({ ...job, status: 'PAUSED' }, 'bob').includes('resume'));
});

test('a call is the same for the command line, curl and TypeScript', () => {
  const texts = callTexts('stop', '0001-ab-007', 'http://127.0.0.1:8080');
  assert.equal(texts.cli, 'arras jobs stop 0001-ab-007');
  assert.equal(
    texts.curl,
    `curl --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' --data '{"action":"stop"}' 'http://127.0.0.1:8080/jobs/v2/0001-ab-007'`,
  );
  assert.match(texts.typescript, /await client\.jobs\.stop\('0001-ab-007'\);$/);
});

test('what is copied shows the same as the tab', () => {
  assert.equal(callOf('timeline', 'RUNNING'), 'watch');
  assert.equal(callOf('timeline', 'FAILED'), 'history');
  assert.equal(callOf('logs', 'FAILED'), 'logs');
  assert.equal(callOf('json', 'FAILED'), 'show');
});

test('an id that is none does not get into a command', () => {
  const texts = callTexts('show', `';rm -rf ~;'`, 'http://127.0.0.1:8080');
  assert.equal(texts.cli, 'arras jobs show JOB_ID');
  assert.ok(!JSON.stringify(texts).includes('rm -rf'));
});
