import { once } from 'node:events';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { mayRunAgain } from './run-again.ts';

// node tests/run-files.ts --concurrency=3 --timeout=300000 [--again=2] [--title=…]… file…
// Does what `node --test` does, but takes the files in the order given, where that sorts them by name. With --again,
// so many files that failed beside others are run once more, each by itself (docs/decisions/0024).

const { values, positionals } = parseArgs({
  options: {
    concurrency: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '300000' },
    again: { type: 'string', default: '0' },
    title: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

const failed = await runFiles(positionals, Number(values.concurrency));
const isTriedAgain =
  failed !== null && !interrupted.signal.aborted && mayRunAgain(failed, Number(values.again));
if (failed !== null) process.exitCode = 1;
if (isTriedAgain) {
  console.log(`\nrun again, each by itself:\n${failed.map((file) => `  ${file}`).join('\n')}\n`);
  if ((await runFiles(failed, 1)) === null) {
    console.log(`\nfailed beside others, passed by itself:\n${failed.map((file) => `  ${file}`).join('\n')}`);
    process.exitCode = 0;
  }
}

/** Runs them and reports; returns the files that failed, null if none did. */
async function runFiles(files: readonly string[], concurrency: number): Promise<readonly string[] | null> {
  const failed = new Set<string>();
  let isSuccess = true;
  const tests = run({
    files: [...files],
    concurrency,
    timeout: Number(values.timeout),
    testNamePatterns: values.title,
    signal: interrupted.signal,
  })
    .on('test:fail', ({ file, name }) => failed.add(file ?? name))
    .on('test:summary', ({ success }) => {
      isSuccess &&= success;
    });
  const report = tests.compose(spec);
  report.pipe(process.stdout, { end: false });
  await once(report, 'end');
  return isSuccess ? null : [...failed];
}
