import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belowServicePath, servicePathOf } from './service-path.ts';

test('the path of the public address is the part after the host, if there is one', () => {
  assert.equal(servicePathOf('https://hpc.example.org/arras'), '/arras');
  assert.equal(servicePathOf('https://hpc.example.org/a/b/'), '/a/b');
  for (const url of ['https://jobs.example.org', 'http://127.0.0.1:8383/', ''])
    assert.equal(servicePathOf(url), '');
});

test('what a proxy has left of that path before an address is taken away, and nothing else', () => {
  const cases = [
    ['/arras/jobs/v2?limit=1', '/jobs/v2?limit=1'],
    ['/arras/', '/'],
    ['/arras', '/'],
    ['/arras?x', '/?x'],
    ['/jobs/v2/arras/', '/jobs/v2/arras/'],
    ['/arrasment/x', '/arrasment/x'],
  ] as const;
  for (const [url, expected] of cases) assert.equal(belowServicePath(url, '/arras'), expected);
  assert.equal(belowServicePath('/jobs/v2', ''), '/jobs/v2');
});
