import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobView } from '@arras/contract';
import { renderNextSteps } from './next-steps.ts';

test('the next commands depend on where a job is', () => {
  const steps = (status: 'RUNNING' | 'FAILED' | 'FINISHED') => {
    const _links = { self: { href: 'https://jobs.example.org/arras/jobs/v2/x' } };
    return renderNextSteps('arras', { id: 'x', status, _links } as JobView);
  };
  assert.equal(
    steps('RUNNING'),
    '  https://jobs.example.org/arras/ui/jobs/x\n  arras jobs watch x\n  arras jobs logs -f x\n  arras jobs stop x\n',
  );
  assert.match(steps('FAILED'), /\n {2}arras jobs logs --stderr x\n/);
  assert.match(steps('FINISHED'), /\n {2}arras jobs outputs list x\n/);
});
