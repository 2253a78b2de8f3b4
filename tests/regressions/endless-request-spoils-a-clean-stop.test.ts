import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginEndlessRequest } from '../support/endless-request.ts';
import { FaultBed } from '../support/fault-bed.ts';

test('a request that never ends holds up a clean stop for ten seconds, not for ever', async () => {
  await using bed = await FaultBed.open();
  const service = bed.service(0);
  await beginEndlessRequest(service);
  const since = performance.now();
  assert.equal(await service.stop(), 0);
  assert.ok(performance.now() - since < 15_000);
});
