import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';

test('a broken connection is logged with its reason, not with the client and its statements', async () => {
  await using bed = await FaultBed.open({ throughProxy: true });
  bed.proxy.reset();
  const lines = await eventually('the loss is logged', () => {
    const found = bed
      .service(0)
      .log()
      .split('\n')
      .filter((line) => line.includes('"database.connection"'));
    return found.length > 0 ? found : null;
  });
  for (const line of lines) assert.match(line, /"reason":"[^"]+"/);
  assert.ok(Math.max(...lines.map((line) => line.length)) < 500);
});
