import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installCommand, parseInstalled } from './prepare-command.ts';
import type { Installation } from './shell.ts';

const installation = (directory: string, content: string | Uint8Array): Installation => ({
  directory,
  files: [{ path: 'run', content, executable: true }],
  staging: '/spool/staging',
});

test('a text that many installations share is sent once', () => {
  const { args } = installCommand([
    installation('/a', 'same'),
    installation('/b', 'other'),
    installation('/c', 'same'),
  ]);
  assert.deepEqual(args.slice(1, 4), ['2', 'same', 'other']);
  assert.deepEqual(args.slice(4, 13), ['', '/a', '/spool/staging', '', '', '1', 'run', 'x', '0']);
  assert.equal(args.at(-1), '0');
});

test('content travels as a word without NUL that printf %b turns back', () => {
  const { args } = installCommand([
    installation('/a', 'a\\n%s\u{0}7'),
    installation('/b', Uint8Array.of(0, 0x41, 0x5c, 0x80, 0xff)),
  ]);
  assert.deepEqual(args.slice(2, 4), ['a\\\\n%s\\00007', '\\0000A\\\\\\0200\\0377']);
});

test('an installation that the answer does not tell of has failed', () => {
  const answers = parseInstalled(
    'done 0\nlarge 1\nfailed 2 not-found /apps/x: there is no such file or directory\nfailed 3 odd words\n',
    5,
  );
  assert.deepEqual(answers.slice(0, 3), [
    { kind: 'done' },
    { kind: 'too-large' },
    { kind: 'failed', code: 'not-found', reason: '/apps/x: there is no such file or directory' },
  ]);
  assert.deepEqual(
    answers.slice(3).map((answer) => answer.kind === 'failed' && answer.code),
    ['failed', 'failed'],
  );
});
