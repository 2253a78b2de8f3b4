import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemRole } from '@arras/contract';
import { type FileSpace, judgeFileAccess } from './file-access.ts';

const SPACES: readonly FileSpace[] = ['own', 'shared', 'others', 'above'];

/** `rwls` for may read, write, look in and share; a dash for may not. */
function verdict(role: SystemRole, isPublic: boolean, space: FileSpace, grants: Grants = []): string {
  const { mayRead, mayWrite, mayLookIn, mayShare } = judgeFileAccess({ role, isPublic, space, grants });
  const letters = [
    [mayRead, 'r'],
    [mayWrite, 'w'],
    [mayLookIn, 'l'],
    [mayShare, 's'],
  ] as const;
  return letters.map(([may, letter]) => (may ? letter : '-')).join('');
}

type Grants = readonly { readonly can_read: boolean; readonly can_write: boolean }[];

test('owners and administrators of a system may do everything everywhere', () => {
  for (const role of ['OWNER', 'ADMIN'] as const)
    for (const space of SPACES) assert.equal(verdict(role, true, space), 'rwls');
});

test('users read all but the directories of others, and write in none but their own where a system is public', () => {
  for (const role of ['USER', 'PUBLISHER'] as const) {
    assert.deepEqual(
      SPACES.map((space) => verdict(role, true, space)),
      ['rwls', 'r-l-', '----', '--l-'],
    );
    assert.deepEqual(
      SPACES.map((space) => verdict(role, false, space)),
      ['rwls', 'rwl-', '----', '--l-'],
    );
  }
});

test('guests only read', () => {
  assert.deepEqual(
    SPACES.map((space) => verdict('GUEST', false, space)),
    ['r-l-', 'r-l-', '----', '--l-'],
  );
});

test('a grant adds what it says, and never the right to grant more', () => {
  const read = { can_read: true, can_write: false };
  const write = { can_read: false, can_write: true };
  assert.equal(verdict('USER', true, 'others', [read]), 'r-l-');
  assert.equal(verdict('USER', true, 'others', [write]), '-w--');
  assert.equal(verdict('GUEST', true, 'others', [read, write]), 'rwl-');
});
