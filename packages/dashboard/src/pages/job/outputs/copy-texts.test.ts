import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputTexts } from './copy-texts.ts';

const JOB = { id: 'job-1', executionSystem: 'exec', archiveSystem: 'store', archivePath: '/a/b c' };

function textsOf(
  path: string,
  { system = 'exec', type = 'file' }: { system?: string; type?: 'file' | 'dir' } = {},
) {
  const link = (href: string) => ({ href });
  const _links = {
    self: link(''),
    system: link(`https://arras.test/systems/v2/${system}`),
    parent: link(''),
  };
  return outputTexts(JOB, { path, type, _links }, 'https://arras.test');
}

test('a file is named for people, curl and the command line', () => {
  assert.deepEqual(textsOf('/sub/result.txt'), {
    path: 'sub/result.txt',
    address: 'https://arras.test/jobs/v2/job-1/outputs/media/sub/result.txt',
    uri: null,
    curl: 'curl --header "Authorization: Bearer $TOKEN" --remote-name --remote-header-name https://arras.test/jobs/v2/job-1/outputs/media/sub/result.txt',
    cli: 'arras jobs outputs download job-1 sub/result.txt',
  });
});

test('a directory is downloaded as an archive', () => {
  assert.equal(
    textsOf('/sub', { type: 'dir' }).address,
    'https://arras.test/jobs/v2/job-1/outputs/media/sub?zip=true',
  );
});

test('in the archive it is an input of other jobs', () => {
  assert.equal(textsOf('/x#1.txt', { system: 'store' }).uri, 'agave://store//a/b%20c/x%231.txt');
});

test('hostile names stay one word of a shell', () => {
  const { cli, curl } = textsOf("/a'; rm -rf $HOME `x`.txt");
  assert.equal(cli, String.raw`arras jobs outputs download job-1 'a'\''; rm -rf $HOME ` + "`x`.txt'");
  assert.ok(!curl.includes('`'));
});
