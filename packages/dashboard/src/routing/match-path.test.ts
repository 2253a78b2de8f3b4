import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchPath } from './match-path.ts';

test('parameters are decoded, and slashes at the end do not matter', () => {
  assert.deepEqual(matchPath('/ui/jobs/:id', '/ui/jobs/a%20b/'), { id: 'a b' });
  assert.deepEqual(matchPath('/', '/'), {});
});

test('the rest of a path is one parameter', () => {
  assert.deepEqual(matchPath('/ui/help/*', '/ui/help/guides/data'), { rest: 'guides/data' });
  assert.deepEqual(matchPath('/ui/help/*', '/ui/help'), { rest: '' });
});

test('another path does not match, and a broken escape is shown as it is', () => {
  assert.equal(matchPath('/ui/jobs/:id', '/ui/systems/x'), null);
  assert.equal(matchPath('/ui/jobs/:id', '/ui/jobs/x/y'), null);
  assert.deepEqual(matchPath('/ui/jobs/:id', '/ui/jobs/%E0%A4%A'), { id: '%E0%A4%A' });
});
