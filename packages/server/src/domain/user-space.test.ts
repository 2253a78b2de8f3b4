import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSpaceHolders, userRoots } from './user-space.ts';

const ROOTS = userRoots({ homeDir: '/home', scratchDir: '/scratch/', workDir: '/jobs/' });

test('a path below a root may belong to the user its first part names', () => {
  assert.deepEqual(ROOTS, ['/home', '/scratch']);
  assert.deepEqual(findSpaceHolders('/home/jdoe/archive/x', ROOTS), ['jdoe']);
  assert.deepEqual(findSpaceHolders('/scratch/jdoe', ROOTS), ['jdoe']);
  assert.deepEqual(findSpaceHolders('/data/shared', ROOTS), []);
  assert.deepEqual(findSpaceHolders('/homes/jdoe', ROOTS), []);
});

test('a path that holds a root holds the spaces of all users', () => {
  for (const path of ['/', '/home', '/scratch']) assert.equal(findSpaceHolders(path, ROOTS), null, path);
});

test('a root below another counts for both', () => {
  const roots = userRoots({ homeDir: '/', scratchDir: '', workDir: 'jobs/' });
  assert.deepEqual(findSpaceHolders('/jobs/jdoe/x', roots), ['jobs', 'jdoe']);
  assert.equal(findSpaceHolders('/jobs', roots), null);
});
