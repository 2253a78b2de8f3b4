import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeJobAccess } from './job-access.ts';

const JOB = { owner: 'ada', visible: true };
const user = (username: string, isAdmin = false) => ({ username, isAdmin });
const grant = (username: string, can_read: boolean, can_write = false) => ({ username, can_read, can_write });

test('owners and administrators may do everything with a job that is not hidden', () => {
  const all = { mayRead: true, mayWrite: true };
  assert.deepEqual(judgeJobAccess(user('ada'), JOB, []), all);
  assert.deepEqual(judgeJobAccess(user('root', true), JOB, []), all);
  assert.equal(judgeJobAccess(user('ada'), { ...JOB, visible: false }, []), null);
  assert.equal(judgeJobAccess(user('root', true), { ...JOB, visible: false }, []), null);
});

test('for others the job exists when something was given to them or to everybody', () => {
  assert.equal(judgeJobAccess(user('eve'), JOB, [grant('bob', true)]), null);
  assert.equal(judgeJobAccess(user('Bob'), JOB, [grant('bob', true)]), null);
  assert.deepEqual(judgeJobAccess(user('bob'), JOB, [grant('bob', false)]), {
    mayRead: false,
    mayWrite: false,
  });
  assert.deepEqual(judgeJobAccess(user('bob'), JOB, [grant('bob', false, true), grant('world', true)]), {
    mayRead: true,
    mayWrite: true,
  });
});
