import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JOB_STATUSES } from '../packages/contract/src/index.ts';
import { SETTINGS } from '../packages/server/src/config.ts';
import { lifecycleOf } from '../packages/server/src/domain/lifecycle.ts';

// Writes the references that are made from the server's own tables. With --check it writes nothing and exits
// with 1 when a file is not what it would write.

const ROOT = join(import.meta.dirname, '..');

const FILES = {
  'docs/reference/settings.md': renderSettings(),
  'docs/reference/lifecycle.md': renderLifecycle(),
};

for (const [name, content] of Object.entries(FILES)) {
  const path = join(ROOT, name);
  if ((await readFile(path, 'utf8').catch(() => null)) === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} is not current: run npm run generate and commit it`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    console.log(`wrote ${name}`);
  }
}

function renderSettings(): string {
  const rows = Object.entries(SETTINGS).map(
    ([name, { default: value, description }]) =>
      `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${description.replaceAll('|', '\\|')} |`,
  );
  return [
    '# Settings',
    '',
    'Generated from `packages/server/src/config.ts`. All settings are environment variables; an empty one counts as unset.',
    'Lengths of time are written as `30s`, `15m`, `12h` or `7d`.',
    '',
    '| setting | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function renderLifecycle(): string {
  const rows = JOB_STATUSES.map((status) => {
    const { next, task, deadline } = lifecycleOf(status);
    return `| ${status} | ${next.join(', ') || 'end'} | ${task ?? ''} | ${deadline ?? ''} |`;
  });
  const arrows = JOB_STATUSES.flatMap((from) =>
    lifecycleOf(from)
      .next.filter((to) => !['STOPPED', 'KILLED', 'FAILED'].includes(to))
      .map((to) => `  ${from} --> ${to}`),
  );
  return [
    '# Life of a job',
    '',
    'Generated from the table in `packages/server/src/domain/lifecycle.ts`. Every status that is not an end may also',
    'repeat itself with a new message. Statuses with a task queue it when they are entered; the others are watched by',
    'system. STOPPED, KILLED and FAILED are left out of the drawing: they can follow nearly everything.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> PENDING',
    ...arrows,
    '  FINISHED --> [*]',
    '```',
    '',
    '| status | may be followed by | task | deadline |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
