import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderCurl } from './curl.ts';

/** What a shell hands to curl: the arguments, each ended by NUL. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const output = execFileSync('sh', ['-c', script], { env: { TOKEN: 'the-token', PATH: '/usr/bin:/bin' } });
  return output.toString('utf8').split('\0').slice(0, -1);
}

const get = { url: 'http://a.test/jobs/v2', method: 'GET', headers: new Headers(), body: null };

test('a call is a command of one line for each part, with the token as a variable', () => {
  const headers = new Headers({ authorization: 'Bearer secret', 'content-type': 'application/json' });
  const command = renderCurl({
    url: 'http://a.test/jobs/v2',
    method: 'POST',
    headers,
    body: '{"name":"it\'s"}',
  });
  assert.equal(
    command,
    [
      "curl --request POST 'http://a.test/jobs/v2' \\",
      '  --header "Authorization: Bearer $TOKEN" \\',
      "  --header 'content-type: application/json' \\",
      `  --data-raw '{"name":"it'\\''s"}'\n`,
    ].join('\n'),
  );
  assert.deepEqual(argumentsOf(command), [
    '--request',
    'POST',
    'http://a.test/jobs/v2',
    '--header',
    'Authorization: Bearer the-token',
    '--header',
    'content-type: application/json',
    '--data-raw',
    '{"name":"it\'s"}',
  ]);
});

test('no value becomes code of the shell', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("'", '"', '`', '$', '(', ')', ';', '\\', '\n', ' ', '!', '@', 'a', 'é'),
      }),
      (body) => {
        assert.equal(argumentsOf(renderCurl({ ...get, method: 'PUT', body })).at(-1), body);
      },
    ),
    { numRuns: 40 },
  );
});

test('an address with brackets stays one address', () => {
  assert.deepEqual(argumentsOf(renderCurl({ ...get, url: 'http://[::1]:80/' })), [
    '--globoff',
    'http://[::1]:80/',
  ]);
});

test('a file of a form is named by its path, whatever that is', () => {
  const body = new FormData();
  body.append('fileName', '@a;b');
  body.append('fileToUpload', new File([], '/tmp/it\'s "a" \\ file;type=x'));
  const args = argumentsOf(renderCurl({ ...get, method: 'POST', body }));
  // In quotation marks curl takes a name as it is but for those and backslashes (curl(1), --form).
  const path = String.raw`fileToUpload=@"/tmp/it's \"a\" \\ file;type=x"`;
  assert.deepEqual(args.slice(-4), ['--form-string', 'fileName=@a;b', '--form', path]);
});
