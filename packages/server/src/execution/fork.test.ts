import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fork } from './fork.ts';
import { type Tracked, UnreadableAnswer } from './scheduler.ts';

const TRY: Tracked = {
  tag: 'tj-01-007-1',
  tryNumber: 1,
  workDirectory: "/w/it's $(here)",
  spoolDirectory: '/s',
  localId: null,
};

const submitted = (stdout: string) => fork.parseSubmit({ exitCode: 0, stdout, stderr: '' });

function judged(facts: string) {
  return fork.parsePoll(`begin n1\n${TRY.tag} ${facts}\nend n1\n`, 'n1', [TRY]).get(TRY.tag);
}

test('each launch of a command is accepted, refused, or unknown by its own line', () => {
  const outcomes = submitted(
    'Welcome!\narras-submitted tj-01-007-1 4711\narras-refused tj-02-007-1 the work directory is gone\n',
  );
  assert.deepEqual(
    [...outcomes],
    [
      ['tj-01-007-1', { kind: 'accepted', localId: '4711', running: true }],
      ['tj-02-007-1', { kind: 'refused', reason: 'the work directory is gone' }],
    ],
  );
  for (const noise of [
    '',
    'arras-submitted tj-01-007-1 0\n',
    'arras-submitted 4711\n',
    'arras-refused x\n',
  ]) {
    assert.equal(submitted(noise).size, 0);
  }
});

test('the exit marker beats the program, the program beats the wrapper, and no evidence is no success', () => {
  assert.deepEqual(judged('0 alive alive 5'), { state: 'ended', exitCode: 0 });
  assert.deepEqual(judged('- dead alive 5'), { state: 'running', localId: '5' });
  assert.deepEqual(judged('- dead stopped 5'), { state: 'paused', localId: '5' });
  assert.deepEqual(judged('- alive dead 5'), { state: 'running', localId: '5' });
  assert.deepEqual(judged('- alive none 5'), { state: 'starting' });
  assert.deepEqual(judged('- boot boot 5'), { state: 'lost', reason: 'host restarted' });
  assert.deepEqual(judged('- boot none 5'), { state: 'lost', reason: 'host restarted' });
  const lost = { state: 'lost', reason: 'ended without an exit status' };
  assert.deepEqual(judged('- dead none 5'), lost);
  assert.deepEqual(judged('- dead dead 5'), lost);
  assert.deepEqual(judged('settled none none -'), lost);
  assert.deepEqual(judged('- service none -'), { state: 'fenced' });
  assert.deepEqual(judged('settled service none -'), { state: 'fenced' });
  assert.deepEqual(judged('- none none -'), { state: 'absent' });
});

test('an answer that is not whole, or not to this call, is unreadable', () => {
  const line = `${TRY.tag} - none none -`;
  for (const text of [
    '',
    `${line}\n`,
    `begin n1\n${line}\n`,
    `begin n2\n${line}\nend n2\n`,
    `end n1\n${line}\nbegin n1\n`,
    `begin n1\nend n1\n`,
    `begin n1\n${line}\nnoise\nend n1\n`,
    `begin n1\n${line} more\nend n1\n`,
  ]) {
    assert.throws(() => fork.parsePoll(text, 'n1', [TRY]), UnreadableAnswer, JSON.stringify(text));
  }
  assert.equal(fork.parsePoll(`motd\nbegin n1\n${line}\nend n1\nbye\n`, 'n1', [TRY]).size, 1);
});

test('values are arguments of the commands and never part of their text', () => {
  const commands = [fork.poll([TRY], 'n1'), fork.cancel(TRY, true)];
  for (const command of commands) {
    assert.ok(
      [command.stdin ?? '', ...(command.args ?? [])].some((text) => text.includes(TRY.workDirectory)),
    );
    assert.ok(!command.script.includes(TRY.workDirectory));
  }
});
