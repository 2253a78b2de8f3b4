import { after, before, describe, test } from 'node:test';
import { type CompatBed, startCompatBed } from './compat-bed.ts';
import { ROW_GROUPS } from './rows/all-rows.ts';
import { runRow } from './run-row.ts';

let bed: CompatBed;
before(async () => {
  bed = await startCompatBed();
});
after(() => bed?.[Symbol.asyncDispose]());

for (const { title, rows } of ROW_GROUPS) {
  describe(title, () => {
    for (const row of rows)
      test(`${row.client}: ${row.command} gets back what it needs`, () => runRow(bed, row));
  });
}
