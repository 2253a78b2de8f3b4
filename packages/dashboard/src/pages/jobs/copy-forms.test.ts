import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { copyFormsOf } from './copy-forms.ts';

const query = { 'name.like': `*it's "$HOME"*`, orderBy: 'created', order: 'DESC' };

test('the current list is one command of the command line, one of curl, one of TypeScript', () => {
  const forms = copyFormsOf({
    filter: 'status:failed -archived',
    query: { 'status.eq': 'FAILED' },
    origin: 'https://a.example',
  });
  assert.equal(forms.cli, `arras jobs list 'status:failed -archived'`);
  assert.equal(
    forms.curl,
    `curl --header "Authorization: Bearer $TOKEN" 'https://a.example/jobs/v2?status.eq=FAILED'`,
  );
  assert.match(forms.typescript, /client\.jobs\.list\(\{\n {2}"status\.eq": "FAILED"\n\}\);$/);
});

test('no filter gets out of its quotation marks', () => {
  const filter = `name:"it's $(touch /tmp/x)" \n\u001b[2J`;
  const { cli } = copyFormsOf({ filter, query, origin: 'https://a.example' });
  const word = execFileSync('sh', ['-c', cli.replace('arras jobs list', 'printf %s')], { encoding: 'utf8' });
  assert.equal(word, `name:"it's $(touch /tmp/x)"   [2J`);
  assert.ok(!cli.includes('\n') && !cli.includes('\u001b'));
});

test('a filter that begins with a minus is no option', () => {
  const { cli } = copyFormsOf({ filter: '-archived', query, origin: 'https://a.example' });
  assert.equal(cli, `arras jobs list -- '-archived'`);
});

test('a list of everything has the short command', () => {
  assert.equal(copyFormsOf({ filter: ' ', query, origin: 'https://a.example' }).cli, 'arras jobs list');
});
