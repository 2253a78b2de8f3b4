import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderNextSteps } from './next-steps.ts';

test('the next commands depend on where a job is', () => {
  const steps = (status: 'RUNNING' | 'FAILED' | 'FINISHED') => renderNextSteps('arras', { id: 'x', status });
  assert.equal(steps('RUNNING'), '  arras jobs watch x\n  arras jobs logs -f x\n  arras jobs stop x\n');
  assert.match(steps('FAILED'), /^ {2}arras jobs logs --stderr x\n/);
  assert.match(steps('FINISHED'), /^ {2}arras jobs outputs list x\n/);
});
