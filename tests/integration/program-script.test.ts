import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Macro } from '../../packages/server/src/domain/macro-values.ts';
import { renderProgram } from '../../packages/server/src/domain/wrapper-template.ts';

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'arras-program-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

/** Runs a template in a fresh directory and returns what it printed and left behind. */
function runTemplate(template: string, macros: readonly Macro[]) {
  const directory = mkdtempSync(join(root, 'job-'));
  const program = renderProgram({ template, macros, environment: '', modules: [] });
  mkdirSync(join(directory, '.arras'));
  writeFileSync(join(directory, '.arras/values'), program.values);
  writeFileSync(join(directory, 'p.ipcexe'), program.script);
  const { stdout, stderr, status } = spawnSync('bash', [join(directory, 'p.ipcexe')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    maxBuffer: 64 * 1_048_576,
  });
  const left = readdirSync(directory).filter((name) => name !== '.arras' && name !== 'p.ipcexe');
  return {
    printed: stdout.toString('utf8').split('\0').slice(0, -1),
    stderr: stderr.toString(),
    status,
    left,
  };
}

/** Each prints one NUL-ended text that is the value; `expected` where the place adds something of its own. */
const PLACES: readonly { readonly code: string; readonly expected?: (value: string) => string }[] = [
  { code: "printf '%s\\0' ${v}" },
  { code: "printf '%s\\0' --v=${v}.x", expected: (value) => `--v=${value}.x` },
  { code: 'printf \'%s\\0\' "${v}"' },
  { code: 'printf \'%s\\0\' "a ${v}b"', expected: (value) => `a ${value}b` },
  { code: "printf '%s\\0' '${v}'" },
  { code: "printf '%s\\0' 'a\"${v}'", expected: (value) => `a"${value}` },
  { code: "printf '%s\\0' $'\\x41${v}'", expected: (value) => `A${value}` },
  { code: 'x=${v}; printf \'%s\\0\' "$x"' },
  { code: 'export x=${v}; printf \'%s\\0\' "$x"' },
  { code: 'x+=(${v}); printf \'%s\\0\' "${x[-1]}"; unset x' },
  { code: 'for x in ${v}; do printf \'%s\\0\' "$x"; done; unset x' },
  { code: '[[ ${v} == "$x" ]]; [[ -z $x ]] && printf \'%s\\0\' "${UNSET:-${v}}"' },
  { code: "printf '%s\\0' ${UNSET:-${v}}" },
  { code: 'x="$(printf \'%sx\' ${v})"; printf \'%s\\0\' "${x%x}"; unset x' },
  { code: 'x="`printf \'%sx\' "${v}"`"; printf \'%s\\0\' "${x%x}"; unset x' },
  { code: "case ${v} in *) printf '%s\\0' ${v};; esac # ${v}" },
  { code: 'f() { printf \'%s\\0\' "$1"; }; f ${v}' },
  { code: "cat <<EOF\n${v}\nEOF\nprintf '\\0'", expected: (value) => `${value}\n` },
  { code: "cat <<-EOF\n\t\"${v}\" '\n\tEOF\nprintf '\\0'", expected: (value) => `"${value}" '\n` },
  { code: "cat <<<${v}; printf '\\0'", expected: (value) => `${value}\n` },
  { code: "( printf '%s\\0' ${v} )" },
  { code: "printf '%s\\0' \"$(printf '%s' \"$(printf '%s' x${v}x)\")\"", expected: (value) => `x${value}x` },
];

const TEMPLATE = PLACES.map((place) => place.code).join('\n');

function assertValueArrives(value: string): void {
  const run = runTemplate(TEMPLATE, [{ name: 'v', words: [value] }]);
  assert.deepEqual(
    run.printed,
    PLACES.map((place) => place.expected?.(value) ?? value),
    run.stderr,
  );
  assert.deepEqual(run.left, []);
}

/** T86 and T87. */
const PAYLOADS: readonly string[] = [
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '"$(touch pwned)"',
  'x\n#SBATCH --uid=0\ntouch pwned',
  '${IFS}',
  '!',
  '!!',
  '-oProxyCommand=touch pwned',
  '-n',
  '--',
  '~',
  '~root',
  '*',
  '/*/*',
  '[a-z]*',
  '{a,b}',
  'a\\',
  '\\n\\0',
  '<(touch pwned)',
  'a[$(touch pwned)]',
  '"',
  "'",
  '',
  ' ',
  '\n',
  ' a  b ',
  'EOF',
  'EOF\ntouch pwned',
  '\u{1}\u{7f}\u{202e}é😀',
  '${AGAVE_JOB_ID}',
  '${v}',
  '${ARRAS_V_0[*]}',
  '${AGAVE_JOB_CALLBACK_FINISHED}',
];

test('hostile values reach the program byte for byte in every place and run nothing', () => {
  for (const payload of PAYLOADS) assertValueArrives(payload);
});

test('arbitrary values reach the program byte for byte in every place', () => {
  const unit = fc.oneof(
    fc.constantFrom(...Array.from('$`"\'\\(){}[]<>|&;#!*?~=-+,: \n\t\r')),
    fc.integer({ min: 1, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), assertValueArrives), { numRuns: 60 });
});

test('a value of 128 KiB arrives whole where no command line limits it', () => {
  const value = 'a$(touch pwned)\n'.repeat(8_192);
  const run = runTemplate("printf '%s\\0' ${v}", [{ name: 'v', words: [value] }]);
  assert.deepEqual(run.printed, [value]);
});

test('several values are one word each where words are taken and joined by blanks elsewhere', () => {
  const run = runTemplate(
    "printf '%s\\0' ${v} ${none}; printf '%s\\0' \"${v}\" '${v}'; x=${v}; printf '%s\\0' \"$x\"",
    [
      { name: 'v', words: ['a b', '', '*'] },
      { name: 'none', words: [] },
    ],
  );
  assert.deepEqual(run.printed, ['a b', '', '*', 'a b  *', 'a b  *', 'a b  *']);
});

test('arithmetic sees integers only: anything else is an error there and runs nothing', () => {
  const places = [
    'echo $(( ${v} + 1 ))',
    'echo "$(( "${v}" ))"',
    '(( ${v} > 1 ))',
    'let x=${v}',
    'let "x = ${v}"',
    'a=(1 2); echo ${a[${v}]}',
    'a=(1 2); a[${v}]=3',
    's=text; echo ${s:${v}}',
    '[[ ${v} -gt 1 ]]',
    '[[ 1 -lt "${v}" ]]',
    '[[ -v a[${v}] ]]',
    'declare -i x=${v}',
    'unset a[${v}]',
    'printf -v a[${v}] x',
    'read a[${v}] <<< x',
    'for ((i=0; i < ${v}; i++)); do :; done',
    'echo $[ ${v} ]',
  ];
  for (const code of places) {
    const run = runTemplate(code, [{ name: 'v', words: ['a[$(touch pwned)]'] }]);
    assert.deepEqual(run.left, [], `${code} ran the value`);
  }
  const sum = runTemplate("printf '%s\\0' $(( ${v} + 1 ))", [{ name: 'v', words: ['41'] }]);
  assert.deepEqual(sum.printed, ['42']);
});

const CONSTRUCTS: readonly string[] = [
  '${v}',
  '"',
  "'",
  '`',
  '$(',
  '$((',
  '))',
  ')',
  '(',
  '((',
  '{',
  '}',
  '${x:-',
  '[[',
  ']]',
  '<<E',
  '\nE\n',
  '\n',
  ' ',
  '\\',
  '#',
  ';',
  'x',
  'x=',
  "$'",
  'case x in x)',
  'esac',
  '<<',
  ' -gt 1 ',
  'echo ',
];

test('whatever the template is, no value in it runs', () => {
  const unit = fc.constantFrom(...CONSTRUCTS);
  const template = fc.array(unit, { minLength: 2, maxLength: 25 }).map((parts) => parts.join(''));
  const values = fc.constantFrom(
    '$(touch pwned)',
    '`touch pwned`',
    '";touch pwned;"',
    "';touch pwned;'",
    '\ntouch pwned\n',
    'a[$(touch pwned)]',
  );
  fc.assert(
    fc.property(template, values, (text, value) => {
      const run = runTemplate(text, [{ name: 'v', words: [value] }]);
      assert.ok(!run.left.includes('pwned'), `${JSON.stringify(text)} ran ${JSON.stringify(value)}`);
    }),
    { numRuns: 300 },
  );
});

test('a values file that was cut short stops the program before its template', () => {
  const directory = mkdtempSync(join(root, 'cut-'));
  const program = renderProgram({
    template: 'touch started ${v}',
    macros: [{ name: 'v', words: ['a', 'b'] }],
    environment: '',
    modules: [],
  });
  mkdirSync(join(directory, '.arras'));
  writeFileSync(join(directory, 'p.ipcexe'), program.script);
  for (const length of [0, 5, program.values.length - 1]) {
    writeFileSync(join(directory, '.arras/values'), program.values.subarray(0, length));
    assert.equal(spawnSync('bash', [join(directory, 'p.ipcexe')]).status, 111);
  }
  assert.ok(!existsSync(join(directory, 'started')));
});
