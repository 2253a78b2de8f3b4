import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isErrorLine } from './error-lines.ts';

test('what programs say when something went wrong is an error', () => {
  for (const line of [
    'Traceback (most recent call last):',
    'slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks have been OOM Killed.',
    '/bin/sh: 3: frobnicate: command not found',
    'cat: words.txt: No such file or directory',
    "thread 'main' panicked at src/main.rs:2:5:",
    'Segmentation fault (core dumped)',
    'FATAL: could not open',
  ])
    assert.equal(isErrorLine(line), true, line);
});

test('what they say when nothing did is none', () => {
  for (const line of [
    '0 errors, 2 warnings',
    'finished without errors',
    'errors: 0',
    'mirrored terror',
    'epoch 3',
  ])
    assert.equal(isErrorLine(line), false, line);
});
