import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';

let bed: CliBed;
before(async () => {
  bed = await startCliBed();
});
after(() => bed[Symbol.asyncDispose]());

test('a request for an app is printed, filled in and submitted', async () => {
  const empty = await bed.run(['jobs', 'init', 'greet-1.0']);
  assert.equal(empty.code, 0, empty.stderr);
  assert.match(empty.stderr, /^To be filled in: parameters\.name$/m);
  assert.deepEqual(JSON.parse(empty.stdout).inputs, {});
  const filled = await bed.run(
    'jobs init greet-1.0 parameters.name=ada archive=false --all --no-notify'.split(' '),
  );
  assert.equal(filled.code, 0, filled.stderr);
  assert.doesNotMatch(filled.stderr, /parameters\.name/);
  const request = JSON.parse(filled.stdout);
  assert.deepEqual(request.inputs, { text: '' });
  assert.equal(request.notifications, undefined);
  const submitted = await bed.run(['jobs', 'submit', '-F', '-', '--wait'], { input: filled.stdout });
  assert.equal(submitted.code, 0, submitted.stderr);
});

test('the template of a job makes the same job again', async () => {
  const id = await bed.submit('greet-1.0', 'parameters.name=bob', 'inputs.text=words.txt');
  const { code, stdout, stderr } = await bed.run(['jobs', 'show', '-T', id]);
  assert.equal(code, 0, stderr);
  const request = JSON.parse(stdout);
  assert.deepEqual(request.parameters, { name: 'bob' });
  const again = await bed.run(['jobs', 'submit', '-F', '-', '-q'], { input: stdout });
  assert.equal(again.code, 0, again.stderr);
  const repeated = JSON.parse((await bed.run(['jobs', 'show', '-T', again.stdout.trim()])).stdout);
  assert.deepEqual(repeated, request);
});

test('an app that is not there is said', async () => {
  const { code, stderr } = await bed.run(['jobs', 'init', 'nothing-1.0']);
  assert.equal(code, 6);
  assert.match(stderr, /nothing-1\.0|app/);
});
