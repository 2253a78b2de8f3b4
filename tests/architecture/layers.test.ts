import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * The layers of the server from the top; folders in one row must not import each other. This list is the law:
 * docs/architecture.md explains it.
 */
const SERVER_LAYERS: readonly (readonly string[])[] = [
  ['main', 'compose'],
  ['http'],
  ['engine', 'notifications', 'realtime'],
  ['events', 'auth'],
  ['database', 'execution', 'storage', 'channels'],
  ['ssh'],
  ['net'],
  ['domain'],
];

/** Which of our packages each package may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  client: ['contract'],
  cli: ['contract', 'client'],
  dashboard: ['contract', 'client'],
  server: ['contract'],
};

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** `import … from 'x'`, `export … from 'x'`, `import('x')`; type imports count. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** The folder of a server file below src; files at its top are `main` or `compose`. */
function layerOf(path: string): string {
  const [first = '', ...rest] = relative('packages/server/src', path).split('/');
  if (rest.length > 0) return first;
  return first.startsWith('compose') ? 'compose' : 'main';
}

function rankOf(layer: string): number {
  const rank = SERVER_LAYERS.findIndex((row) => row.includes(layer));
  assert.notEqual(rank, -1, `the folder ${layer} has no layer: add it to the list or move its files`);
  return rank;
}

test('server folders import downwards only', () => {
  const wrong: string[] = [];
  for (const source of sources.filter(({ path }) => packageOf(path) === 'server')) {
    const from = layerOf(source.path);
    for (const specifier of importsOf(source).filter((name) => name.startsWith('.'))) {
      const to = layerOf(join(dirname(source.path), specifier));
      // config.ts belongs to no layer: it is what main and compose read.
      if (to === from || (from === 'main' && to === 'compose') || (from === 'compose' && to === 'main'))
        continue;
      if (rankOf(to) <= rankOf(from)) wrong.push(`${source.path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('packages import only the packages they may', () => {
  const wrong: string[] = [];
  for (const source of sources) {
    const allowed = PACKAGES[packageOf(source.path)] ?? [];
    for (const specifier of importsOf(source)) {
      const name = /^@arras\/([a-z]+)/.exec(specifier)?.[1];
      const leaves =
        specifier.startsWith('.') &&
        packageOf(join(dirname(source.path), specifier)) !== packageOf(source.path);
      if (leaves || (name !== undefined && !allowed.includes(name)))
        wrong.push(`${source.path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Names the files that match although the rule does not let them. */
function offenders(pattern: RegExp, isAllowed: (path: string) => boolean): string[] {
  return sources
    .filter(({ path }) => packageOf(path) === 'server' && !isAllowed(path))
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path);
}

test('only database/ contains SQL', () => {
  const sqlText = /\bsql`|\bsql<|\.query\(|from 'kysely'/;
  assert.deepEqual(
    offenders(sqlText, (path) => path.includes('/database/')),
    [],
  );
});

test('only the shells, the ssh program and the embedded database start processes', () => {
  const allowed = (path: string) =>
    /execution\/[a-z]+-shell\.ts$|ssh\/openssh-process\.ts$|database\/embedded-postgres\.ts$/.test(path);
  assert.deepEqual(offenders(/node:child_process/, allowed), []);
});

test('only ssh/ opens SSH connections', () => {
  const usesLibrary = /import (?!type\b)[^;]*from 'ssh2'/;
  assert.deepEqual(
    offenders(usesLibrary, (path) => path.includes('server/src/ssh/')),
    [],
  );
});

test('only config.ts reads the environment', () => {
  assert.deepEqual(
    offenders(/process\.env\b/, (path) => path.endsWith('src/config.ts')),
    [],
  );
});

test('domain/ is pure: no async code, clock, chance or Node modules', () => {
  const domain = sources.filter(({ path }) => path.includes('server/src/domain/'));
  const impure =
    /\basync\b|\bawait\b|Date\.now|new Date\(\)|performance\.|Math\.random|from 'node:|setTimeout|\bcrypto\b/;
  const code = (text: string) =>
    text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (part) =>
      part.startsWith("'node:") ? part : '',
    );
  assert.deepEqual(
    domain.filter(({ text }) => impure.test(code(text))).map(({ path }) => path),
    [],
  );
});

test("adapters know nothing of jobs' statuses, users or the database", () => {
  const adapters = sources.filter(({ path }) =>
    /server\/src\/(execution|storage|channels|ssh|net)\//.test(path),
  );
  const knowing = /lifecycle\.ts|jobStatusSchema|JobStatus\b|tables\.ts|\/connection\.ts/;
  assert.deepEqual(
    adapters.filter(({ text }) => knowing.test(text)).map(({ path }) => path),
    [],
  );
});

test('nobody exports by default', () => {
  assert.deepEqual(
    sources.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path),
    [],
  );
});
