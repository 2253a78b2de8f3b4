import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Macro } from './macro-values.ts';
import { renderProgram, UnusableTemplate } from './wrapper-template.ts';

const MACROS: readonly Macro[] = [{ name: 'width', words: ['1024'] }];

function render(template: string, macros: readonly Macro[] = MACROS) {
  return renderProgram({ template, macros, environment: '', modules: [] });
}

/** What the template's own text becomes. */
function body(template: string): string {
  return render(`#START\n${template}`).script.split('#START\n')[1] ?? '';
}

const WORD = '"${ARRAS_V_0[@]}"';
const JOINED = '"${ARRAS_V_0[*]}"';
const INNER = '${ARRAS_V_0[*]}';
const NUMBER = '${ARRAS_N_0}';

const GOLDEN: readonly (readonly [string, string, string])[] = [
  ['a bare macro is whole words', 'run ${width}', `run ${WORD}`],
  ['a name is matched in any case', 'run ${WIDTH}', `run ${WORD}`],
  ['text beside a bare macro stays glued', 'run --w=${width}.x', `run --w=${WORD}.x`],
  ['an assignment takes one word', 'W=${width}', `W=${JOINED}`],
  ['an exported assignment takes one word', 'export W=${width}', `export W=${JOINED}`],
  ['an array takes all words', 'w=(${width})', `w=(${WORD})`],
  ['double quotes are kept', 'run "a ${width} b"', `run "a ${INNER} b"`],
  ['single quotes are left and entered again', "run 'a ${width} b'", `run 'a '${JOINED}' b'`],
  ["$'…' is left and entered again", "run $'a\\n${width}'", `run $'a\\n'${JOINED}$''`],
  ['a comment is left alone', 'run # ${width}', 'run # ${width}'],
  ['a # inside a word begins no comment', 'run a#${width}', `run a#${WORD}`],
  ['a backslash keeps the text', 'run \\${width}', 'run \\${width}'],
  ['a command in double quotes is bare again', 'x="$(run ${width})"', `x="$(run ${WORD})"`],
  ['after the command the quotes go on', 'x="$(run) ${width}"', `x="$(run) ${INNER}"`],
  ['backticks are commands', 'x="`run ${width}` ${width}"', `x="\`run ${WORD}\` ${INNER}"`],
  [
    'a case pattern closes no command',
    'x="$(case a in a) run ${width};; esac) ${width}"',
    `x="$(case a in a) run ${WORD};; esac) ${INNER}"`,
  ],
  [
    'a here-document keeps its lines',
    'cat <<E\n"${width}" $(run ${width})\nE\nrun ${width}',
    `cat <<E\n"${INNER}" $(run ${WORD})\nE\nrun ${WORD}`,
  ],
  [
    'a quoted here-document is left alone',
    "cat <<'E'\n${width}\nE\nrun ${width}",
    `cat <<'E'\n\${width}\nE\nrun ${WORD}`,
  ],
  [
    'two here-documents follow each other',
    'cat <<A <<-"B"\n${width}\nA\n${width}\n\tB\n${width}',
    `cat <<A <<-"B"\n${INNER}\nA\n\${width}\n\tB\n${WORD}`,
  ],
  ['a here-string is no here-document', 'cat <<<${width}\nrun ${width}', `cat <<<${WORD}\nrun ${WORD}`],
  [
    'a default value is a word',
    'run ${X:-${width}} "${X:-${width}}"',
    `run \${X:-${WORD}} "\${X:-${INNER}}"`,
  ],
  [
    'arithmetic takes integers only',
    'echo $(( ${width} + 1 )) "$((${width}))"',
    `echo $(( ${NUMBER} + 1 )) "$((${NUMBER}))"`,
  ],
  [
    'an arithmetic command takes integers only',
    '(( ${width} > 1 )) && run ${width}',
    `(( ${NUMBER} > 1 )) && run ${WORD}`,
  ],
  [
    'a loop head takes integers only',
    'for ((i=0;i<${width};i++)); do run ${width}; done',
    `for ((i=0;i<${NUMBER};i++)); do run ${WORD}; done`,
  ],
  ['let takes integers only', 'let "x=${width}"', `let "x=${NUMBER}"`],
  [
    'a subscript takes integers only',
    'a[${width}]=1; echo ${a[${width}]}',
    `a[${NUMBER}]=1; echo \${a[${NUMBER}]}`,
  ],
  ['an offset takes integers only', 'echo ${a:${width}}', `echo \${a:${NUMBER}}`],
  [
    'a numeric test takes integers only',
    '[[ ${width} -gt 3 ]] && [[ 3 -lt "${width}" ]]',
    `[[ ${NUMBER} -gt 3 ]] && [[ 3 -lt "${NUMBER}" ]]`,
  ],
  ['a text test takes one word', '[[ ${width} == x ]]', `[[ ${JOINED} == x ]]`],
  ['unknown names stay shell', 'run ${HOME} ${nope} $width', 'run ${HOME} ${nope} $width'],
  [
    'callbacks of the original do nothing',
    '${AGAVE_JOB_CALLBACK_RUNNING}\nrun || ${AGAVE_JOB_CALLBACK_FAILURE}',
    ':\nrun || :',
  ],
  [
    'a notification callback sends variables under their own or another name',
    '${AGAVE_JOB_CALLBACK_NOTIFICATION|DONE|A,B:C}',
    'arras_notify DONE A B:C',
  ],
  [
    'a notification without the name of an event has the usual one',
    'run && ${AGAVE_JOB_CALLBACK_NOTIFICATION|A} ; ${AGAVE_JOB_CALLBACK_NOTIFICATION}',
    'run && arras_notify JOB_RUNTIME_CALLBACK_EVENT A ; arras_notify JOB_RUNTIME_CALLBACK_EVENT',
  ],
  [
    'a notification that could not be sent does nothing',
    '${AGAVE_JOB_CALLBACK_NOTIFICATION|FINISHED|A} ; ${AGAVE_JOB_CALLBACK_NOTIFICATION|X|A B;rm} ; ${AGAVE_JOB_CALLBACK_NOTIFICATION|X|A|B}',
    ': ; : ; :',
  ],
  [
    'a heartbeat is a command',
    'while run; do ${AGAVE_JOB_CALLBACK_ALIVE}; done',
    'while run; do arras_alive; done',
  ],
];

for (const [title, template, expected] of GOLDEN) {
  test(title, () => {
    assert.equal(body(template), `${expected}\n`);
  });
}

test('values are a NUL-separated file that holds only the macros in use', () => {
  const macros = [
    { name: 'unused', words: ['x'] },
    { name: 'files', words: ['a b', '', '$(touch pwned)'] },
    { name: 'none', words: [] },
  ];
  const { values } = render('run ${files} ${none} ${files}', macros);
  const text = new TextDecoder().decode(values);
  assert.equal(text, 'ARRAS_V_0\u{0}3\u{0}a b\u{0}\u{0}$(touch pwned)\u{0}ARRAS_V_1\u{0}0\u{0}');
});

test('the script has modules and environment before the template', () => {
  const { script } = renderProgram({
    template: 'run',
    macros: [],
    environment: 'export A=1',
    modules: ['bwa/0.7', 'purge', 'load  gcc'],
  });
  assert.equal(
    script,
    [
      '#!/bin/bash',
      '',
      'cd -- "${BASH_SOURCE[0]%/*}" || exit 111',
      '',
      'module load bwa/0.7',
      'module purge',
      'module load gcc',
      '',
      'export A=1',
      '',
      'run',
      '',
    ].join('\n'),
  );
});

test('what is no template, module or value is refused', () => {
  const parts = { template: '', macros: [], environment: '', modules: [] };
  assert.throws(() => renderProgram({ ...parts, modules: ['bwa; touch pwned'] }), UnusableTemplate);
  assert.throws(() => renderProgram({ ...parts, modules: ['-x'] }), UnusableTemplate);
  assert.throws(() => renderProgram({ ...parts, template: 'a\u{0}b' }), UnusableTemplate);
  assert.throws(() => render('${width}', [{ name: 'width', words: ['a\u{0}'] }]), UnusableTemplate);
});
