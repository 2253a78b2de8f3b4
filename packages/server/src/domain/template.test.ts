import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GUIDE_JOB_VARIABLES } from '@arras/contract';
import fc from 'fast-check';
import { parseMailAddress } from './mail-address.ts';
import { findUnknownVariables, parseTemplate, resolveTemplate, type Template } from './template.ts';

function parse(text: string): Template {
  const template = parseTemplate(text);
  assert.ok(!('problem' in template), `expected ${text} to be understood`);
  return template;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return resolveTemplate(parse(text), values);
}

const JOB = {
  JOB_ID: '0001414144065563-5056a550b8-0001-007',
  JOB_NAME: 'demo pyplot/1&2',
  EVENT: 'FINISHED',
  JOB_START_TIME: '2014-10-24T04:48:08.000-05:00',
  JOB_END_TIME: '2014-10-24T04:48:15.000+05:00',
  JOB_ARCHIVE_URL: 'https://api.example.org/jobs/v2/1/outputs/listings?a=b',
};

describe('the URLs of the guide', () => {
  test('job id and event stand in the query', () => {
    const expected = `http://example.com/?job_id=${JOB.JOB_ID}&job_status=FINISHED`;
    assert.equal(fill('http://example.com/?job_id=${JOB_ID}&job_status=${EVENT}', JOB), expected);
  });

  test('name and event stand in the path', () => {
    assert.equal(
      fill('http://example.com/trigger/job/${JOB_NAME}/${EVENT}', JOB),
      'http://example.com/trigger/job/demo%20pyplot%2F1%262/FINISHED',
    );
  });

  test('times and an address in the query come back as they were, offsets with their plus', () => {
    const url =
      'http://example.com/webhooks/?nonce=sdfkajerouiwe234289fahlkqr&id=${JOB_ID}&status=${EVENT}&start=${JOB_START_TIME}&end=${JOB_END_TIME}&url=${JOB_ARCHIVE_URL}';
    const filled = fill(url, JOB);
    assert.deepEqual(Object.fromEntries(new URL(filled).searchParams), {
      nonce: 'sdfkajerouiwe234289fahlkqr',
      id: JOB.JOB_ID,
      status: 'FINISHED',
      start: JOB.JOB_START_TIME,
      end: JOB.JOB_END_TIME,
      url: JOB.JOB_ARCHIVE_URL,
    });
    assert.equal(fill(url.replaceAll('&', '&amp;'), JOB), filled);
  });
});

const WEB_TEMPLATES = [
  'https://example.org/a/${X}/b?c=${Y}#${X}',
  'http://example.org:8080/${X}${Y}/.${X}/${Y}',
  'https://ada:p%40w:x@example.org/${X}',
  'https://[2001:db8::1]:444/hook/%2e${X}?${X}=${Y}&z',
  'http://example.org/${X}/',
  'https://example.org?only=${Y}',
];

/** Texts that attack URLs, beside any text. */
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '.',
    '..',
    '',
    '%2e%2e',
    '/',
    '//evil.example',
    '@evil.example',
    ':80',
    '\\',
    '?a=b#c',
    '&x=y',
  ),
  fc.constantFrom(
    '\r\nHost: evil',
    '\t',
    '${X}',
    '${JOB_ID}',
    '%',
    '%zz',
    '+',
    ' ',
    "'()*!",
    '\ud800',
    '{}',
    '%0d%0a',
  ),
);

function shapeOf(text: string) {
  const { protocol, username, password, hostname, port, pathname, searchParams } = new URL(text);
  const segments = pathname.split('/').length;
  return { protocol, username, password, hostname, port, segments, keys: [...searchParams.keys()].length };
}

test('no value changes scheme, user info, host, port, path shape or the number of query fields', () => {
  fc.assert(
    fc.property(fc.constantFrom(...WEB_TEMPLATES), value, value, (text, X, Y) => {
      assert.deepEqual(shapeOf(fill(text, { X, Y })), shapeOf(fill(text, { X: 'x', Y: 'y' })));
    }),
  );
});

test('what is filled in is plain ASCII that a URL parser leaves as it is', () => {
  fc.assert(
    fc.property(value, value, (X, Y) => {
      const filled = fill('https://example.org/a/${X}/b?c=${Y}#${X}', { X, Y });
      assert.match(filled, /^[!-~]*$/);
      assert.equal(new URL(filled).href, filled);
    }),
  );
});

test('decoding gives the value back, but for a segment of nothing but dots', () => {
  fc.assert(
    fc.property(value, value, (X, Y) => {
      const filled = new URL(fill('https://example.org/${X}?c=${Y}#${X}', { X, Y }));
      assert.equal(filled.searchParams.get('c'), Y.toWellFormed());
      assert.equal(decodeURIComponent(filled.hash.slice(1)), X.toWellFormed());
      if (X === '.' || X === '..') return;
      assert.equal(decodeURIComponent(filled.pathname.slice(1)), X.toWellFormed());
    }),
  );
});

test('a segment that would come out as . or .. stays a segment', () => {
  assert.equal(fill('http://h/a/${X}/b', { X: '..' }), 'http://h/a/%252E%252E/b');
  assert.equal(fill('http://h/a/.${X}/b', { X: '' }), 'http://h/a/%252E/b');
  assert.equal(fill('http://h/a/%2${X}/b', { X: 'e.' }), 'http://h/a/%252E%252E/b');
  assert.equal(fill('http://h/a/${X}/b', { X: '...' }), 'http://h/a/.../b');
});

test('a long value is filled in whole', () => {
  const X = '?&#/%0d%0a..@:'.repeat(1_000);
  assert.equal(decodeURIComponent(new URL(fill('http://h/${X}/b', { X })).pathname), `/${X}/b`);
});

test('values are filled in once and unknown variables stay, encoded', () => {
  assert.equal(fill('http://h/${X}?b=${Y}', { X: '${Y}', Y: '1' }), 'http://h/%24%7BY%7D?b=1');
  assert.equal(fill('http://h/${toString}', {}), 'http://h/%24%7BtoString%7D');
});

test('unknown variables are named once, and each kind of resource has its own', () => {
  const url = 'http://h/${JOB_ID}/${job_id}?a=${NOPE}&b=${NOPE}#${constructor}';
  assert.deepEqual(findUnknownVariables(url, 'job'), ['job_id', 'NOPE', 'constructor']);
  const all = Object.keys(GUIDE_JOB_VARIABLES).map((name) => `\${${name}}`);
  assert.equal(all.length, 13);
  assert.deepEqual(findUnknownVariables(`http://h/${all.join('/')}`, 'job'), []);
  assert.deepEqual(findUnknownVariables('http://h/${JOB_ID}/${STATUS}', 'notification'), ['JOB_ID']);
  assert.deepEqual(findUnknownVariables('ada+${WHAT}@example.org', 'job'), ['WHAT']);
});

test('variables before the path, other schemes and unclear texts are refused without repeating them', () => {
  const wrong = [
    'https://${JOB_NAME}/hook',
    'https://ada:${JOB_NAME}@example.org/',
    'https://example.org:${X}/',
    'ftp://secret@example.org/',
    'file:///etc/secret',
    'http:/example.org/secret',
    'https://exa mple.org/',
    'https://example.org\\@evil.example/secret',
    'https://example.org/a\nb',
    'https://example.org:99999/secret',
    'agave://secret/x',
    '${JOB_NAME}@example.org',
    'ada@${JOB_NAME}.org',
    'ada@secret',
  ];
  for (const text of wrong) {
    const result = parseTemplate(text);
    assert.ok('problem' in result, text);
    assert.doesNotMatch(result.problem, /secret/);
  }
});

describe('mail addresses', () => {
  test('a variable fills the tag behind the plus', () => {
    assert.equal(fill('ada+${JOB_ID}@example.org', JOB), `ada+${JOB.JOB_ID}@example.org`);
    assert.equal(fill('ada@example.org', JOB), 'ada@example.org');
    assert.equal(fill('ada+x-${EVENT}@Example.ORG', JOB), 'ada+x-FINISHED@example.org');
  });

  test('no value makes another address of it', () => {
    fc.assert(
      fc.property(value, (X) => {
        const address = parseMailAddress(fill('ada+j.${X}.e@example.org', { X: `${X}z` }));
        assert.equal(address?.domain, 'example.org');
        assert.match(address?.local ?? '', /^ada\+j\.[A-Za-z0-9._-]*$/);
      }),
    );
  });
});
