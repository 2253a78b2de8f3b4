import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure, UnreachableFailure } from '@arras/client';
import { explainFailure, Refusal, renderComplaint } from './refusal.ts';

function answer(status: number, code: ApiFailure['code'], more: Partial<ApiFailure> = {}): ApiFailure {
  return new ApiFailure({
    message: 'No.',
    problems: [],
    requestId: 'req-1',
    retryAfterMs: null,
    code,
    status,
    ...more,
  });
}

test('an error says what, why and what to do, and what names the request in the log of the service', () => {
  const text = renderComplaint(explainFailure(answer(404, 'job.not-found'), 'arras'));
  assert.equal(
    text,
    'error: No.\n  why: The service answered 404 job.not-found.\n  try: arras jobs list\n  details: request-id req-1\n',
  );
});

test('every problem of a request has its line', () => {
  const problems = [
    { field: 'appId', message: 'is required' },
    { field: 'nodeCount', message: 'expected a number' },
  ];
  const text = renderComplaint(explainFailure(answer(400, 'request.invalid', { problems }), 'arras'));
  assert.match(text, / {2}why: appId: is required\.\n {7}nodeCount: expected a number\.\n {2}try: /);
});

test('what the service says cannot forge lines or obey the terminal', () => {
  const text = renderComplaint(
    explainFailure(answer(500, 'unknown', { message: 'bad\n  try: rm -r /\x1b[2J' }), 'arras'),
  );
  assert.equal(text.split('\n').length, 5);
  assert.ok(!text.includes('\x1b'));
});

test('each kind of failure has its exit code', () => {
  const codes = [
    answer(400, 'request.invalid'),
    answer(401, 'auth.invalid'),
    answer(403, 'access.forbidden'),
    answer(404, 'app.not-found'),
    answer(503, 'service.stopping'),
    new UnreachableFailure('http://a.test', new Error('refused')),
    new Refusal({ what: 'a', why: 'b', todo: 'c' }),
    new Error('bug'),
  ].map((failure) => explainFailure(failure, 'arras').exitCode);
  assert.deepEqual(codes, [1, 4, 4, 6, 1, 7, 2, 1]);
});

test('commands are suggested under the name that was called', () => {
  assert.equal(explainFailure(answer(404, 'system.not-found'), 'tapis').todo, 'tapis systems list');
});
