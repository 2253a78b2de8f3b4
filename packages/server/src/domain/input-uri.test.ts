import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInputUri } from './input-uri.ts';

const parse = (value: string) => parseInputUri(value, { systemId: 'home.example.org' });

test('plain paths are on the default storage system and literal', () => {
  assert.deepEqual(parse('data/a%20b.csv'), {
    kind: 'system',
    systemId: 'home.example.org',
    path: 'data/a%20b.csv',
  });
  assert.deepEqual(parse('/data//a.csv'), {
    kind: 'system',
    systemId: 'home.example.org',
    path: '/data/a.csv',
  });
  assert.deepEqual(parse('a:b.txt'), { kind: 'system', systemId: 'home.example.org', path: 'a:b.txt' });
});

test('one slash after the system is relative to home, two are absolute', () => {
  assert.deepEqual(parse('agave://store.example.org/a%20b.bam'), {
    kind: 'system',
    systemId: 'store.example.org',
    path: 'a b.bam',
  });
  assert.deepEqual(parse('TAPIS://store//x/y'), { kind: 'system', systemId: 'store', path: '/x/y' });
  assert.deepEqual(parse('agave://store'), { kind: 'system', systemId: 'store', path: '' });
});

test('addresses elsewhere keep their scheme', () => {
  assert.deepEqual(parse('HTTPS://Example.org/a?b=c'), {
    kind: 'url',
    scheme: 'https',
    url: 'https://example.org/a?b=c',
    name: 'a',
  });
  for (const scheme of ['http', 'ftp', 'ftps'] as const) {
    const url = `${scheme}://host/a/b`;
    assert.deepEqual(parse(url), { kind: 'url', scheme, url, name: 'b' });
  }
});

test('the last part of an address is the name of its file, made harmless', () => {
  const nameOf = (url: string) => {
    const location = parse(url);
    return location.kind === 'url' ? location.name : location;
  };
  assert.equal(nameOf('https://h/a/b%20c.csv?x=/d#e'), 'b c.csv');
  assert.equal(nameOf('https://h/a%2f..%2fb%0a'), 'a_.._b_');
  assert.equal(nameOf('https://h/%2e%2e%2earras-part-1'), 'arras-part-1');
  assert.equal(nameOf('https://h/.arras-part-1'), 'arras-part-1');
  assert.equal(nameOf('https://h/100%'), '100%');
  assert.equal(nameOf(`https://h/${'%C3%BC'.repeat(200)}`), 'ü'.repeat(127));
});

for (const value of [
  'https://h',
  'https://h/',
  'https://h/a/',
  'https://h/a/..',
  'sftp://h/a',
  's3://bucket/a',
]) {
  test(`${value} is no address of a file that anybody may read`, () => {
    assert.equal(parse(value).kind, 'invalid');
  });
}

for (const value of [
  'file:///etc/passwd',
  'gopher://host/x',
  'agave:///x',
  'agave://a b/x',
  'agave://store/../x',
  'agave://store/%2e%2e/x',
  'agave://store/%2fx%00',
  'agave://store/100%',
  '../x',
  'a\0b',
  'http://',
  'http://user:secret@host/x',
  'http://host/a\nb',
  'http://host\\@evil/x',
  'http://[::1/x',
]) {
  test(`the value ${JSON.stringify(value)} is invalid with a reason`, () => {
    const location = parse(value);
    assert.equal(location.kind, 'invalid');
    assert.ok(location.kind === 'invalid' && !location.reason.includes('secret'));
  });
}

test('no value throws, and no system path holds a dot-dot part', () => {
  const prefix = fc.constantFrom('', '/', 'agave://s/', 'agave://s//', 'tapis://', 'http://', 's3://');
  fc.assert(
    fc.property(
      prefix,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '/..', '%2f..'),
      (start, middle, end) => {
        const location = parse(start + middle + end);
        if (location.kind === 'system') assert.ok(!location.path.split('/').includes('..'));
      },
    ),
  );
});
