import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { baseName, cleanPath, joinPath, parentPath, resolveSystemPath } from './paths.ts';

const system = { homeDir: '/home/jdoe' };

function resolve(path: string, options?: { readonly fromUrl?: boolean }): string {
  const result = resolveSystemPath(system, path, options);
  return result.ok ? result.path : `refused: ${result.reason}`;
}

test('a leading slash means below rootDir, anything else below homeDir', () => {
  assert.equal(resolve('/data/a.csv'), '/data/a.csv');
  assert.equal(resolve('data/a.csv'), '/home/jdoe/data/a.csv');
  assert.equal(resolve(''), '/home/jdoe');
  assert.equal(resolve('/'), '/');
});

test('a homeDir without slashes, or empty, lies below rootDir', () => {
  assert.deepEqual(resolveSystemPath({ homeDir: 'home/x/' }, 'a'), { ok: true, path: '/home/x/a' });
  assert.deepEqual(resolveSystemPath({ homeDir: '' }, 'a'), { ok: true, path: '/a' });
});

test('repeated slashes, dots and trailing slashes collapse', () => {
  assert.equal(resolve('//etc///passwd/'), '/etc/passwd');
  assert.equal(resolve('./a/./b/.'), '/home/jdoe/a/b');
});

test('names may hold blanks, newlines, quotes, percent signs, backslashes and leading dashes', () => {
  const name = '-rf "a"\n\'b\' %2e\\..x';
  assert.equal(resolve(name), `/home/jdoe/${name}`);
});

for (const path of ['..', '../x', '/../etc', 'a/../b', 'a/..', './..//', '/a/b/../../..']) {
  test(`the path ${path} is refused`, () => assert.match(resolve(path), /^refused: .*"\.\."/));
}

for (const path of ['%2e%2e%2fetc', '..%2fetc', '%2e%2e/x', '..%c0%af', '%', 'a%00b']) {
  test(`the encoded path ${path} of a URL is refused`, () => {
    assert.match(resolve(path, { fromUrl: true }), /^refused: /);
  });
}

test('a URL is decoded once only', () => {
  assert.equal(resolve('a%20b', { fromUrl: true }), '/home/jdoe/a b');
  assert.equal(resolve('%252e%252e', { fromUrl: true }), '/home/jdoe/%2e%2e');
});

test('NUL, lone surrogates and paths longer than PATH_MAX are refused', () => {
  for (const path of ['a\0b', 'a\ud800', 'x'.repeat(4097)]) assert.equal(cleanPath(path).ok, false);
});

test('a result always starts with a slash and has no empty, dot or dot-dot parts', () => {
  const part = fc.oneof(fc.constantFrom('', '.', '..', '%2e', '%2f', '...', 'a', '\n'), fc.string());
  fc.assert(
    fc.property(fc.array(part), fc.boolean(), fc.string(), (parts, fromUrl, homeDir) => {
      const result = resolveSystemPath({ homeDir }, parts.join('/'), { fromUrl });
      if (!result.ok) return;
      assert.ok(result.path.startsWith('/'));
      if (result.path === '/') return;
      for (const one of result.path.slice(1).split('/')) assert.ok(!['', '.', '..'].includes(one));
      assert.deepEqual(cleanPath(result.path), result);
      assert.equal(joinPath(parentPath(result.path), baseName(result.path)), result.path);
    }),
  );
});

test('joining, parents and base names treat the root as its own parent', () => {
  assert.equal(joinPath('/', '/'), '/');
  assert.equal(joinPath('/a', '/b/c'), '/a/b/c');
  assert.equal(parentPath('/a'), '/');
  assert.equal(parentPath('/'), '/');
  assert.equal(baseName('/'), '');
  assert.throws(() => joinPath('/a', '../b'), RangeError);
});
