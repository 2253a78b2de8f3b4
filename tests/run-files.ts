import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';

// node tests/run-files.ts --concurrency=3 --timeout=300000 [--title=…]… file…
// Does what `node --test` does, but takes the files in the order given, where that sorts them by name.

const { values, positionals } = parseArgs({
  options: {
    concurrency: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '300000' },
    title: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

run({
  files: positionals,
  concurrency: Number(values.concurrency),
  timeout: Number(values.timeout),
  testNamePatterns: values.title,
  signal: interrupted.signal,
})
  .on('test:summary', ({ success }) => {
    if (!success) process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);
