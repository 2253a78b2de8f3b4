import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayApplyAtOnce, NO_NEWS, noteJob, renderNews, type SeenJob } from './list-news.ts';

function note(...jobs: readonly (readonly [id: string, about: Partial<SeenJob>])[]) {
  return jobs.reduce(
    (news, [id, about]) => noteJob(news, { id, verdict: 'yes', isListed: false, isOutside: true, ...about }),
    NO_NEWS,
  );
}

test('jobs that fit and are not listed are new, each once', () => {
  const news = note(['a', {}], ['a', {}], ['b', { verdict: 'maybe' }], ['c', { verdict: 'no' }]);
  assert.deepEqual([...news.arrived], ['a', 'b']);
  assert.equal(renderNews(news), '2 new');
});

test('a job that may be in a part that was not read is not new', () => {
  assert.equal(note(['a', { isOutside: false }]), NO_NEWS);
});

test('a change of a row that still fits is no news', () => {
  assert.equal(note(['a', { isListed: true }]), NO_NEWS);
});

test('a row that no longer fits stays and is said; when it fits again nothing is said', () => {
  const gone = note(['a', { isListed: true, verdict: 'no' }]);
  assert.equal(renderNews(gone), '1 no longer fits');
  const unsure = noteJob(gone, { id: 'a', verdict: 'maybe', isListed: true, isOutside: true });
  assert.equal(renderNews(unsure), '1 no longer fits');
  const back = noteJob(unsure, { id: 'a', verdict: 'yes', isListed: true, isOutside: true });
  assert.equal(renderNews(back), null);
});

test('a job that came and went before the list was read again is not new', () => {
  assert.equal(renderNews(note(['a', {}], ['a', { verdict: 'no' }])), null);
});

test('both are said together', () => {
  const news = note(
    ['a', {}],
    ['b', { isListed: true, verdict: 'no' }],
    ['c', { isListed: true, verdict: 'no' }],
  );
  assert.equal(renderNews(news), '1 new, 2 no longer fit');
});

test('the list is read again by itself only while nobody is at a row of it', () => {
  const idle = { scrollTop: 0, isTouched: false, hasSelection: false };
  assert.equal(mayApplyAtOnce(idle), true);
  assert.equal(mayApplyAtOnce({ ...idle, scrollTop: 10 }), false);
  assert.equal(mayApplyAtOnce({ ...idle, isTouched: true }), false);
  assert.equal(mayApplyAtOnce({ ...idle, hasSelection: true }), false);
});
