import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkSameBytes, type DeliveryBed, eventOf, openDeliveryBed } from '../support/delivery-bed.ts';
import { eventually } from '../support/eventually.ts';

let bed: DeliveryBed;
before(async () => {
  bed = await openDeliveryBed();
});
after(() => bed[Symbol.asyncDispose]());

for (const moment of ['before', 'after'] as const) {
  test(`a kill ${moment} a one-shot delivery is written down leaves nothing half done`, async () => {
    const { faults } = bed;
    await faults.kill(0);
    await faults.start(0, { databaseUrl: faults.proxy.url });
    const job = await bed.job();
    const path = `/ok/once-${moment}`;
    const subscription = await bed.subscribe(job.id, path, { persistent: false });
    let killed = false;
    faults.proxy.watch(
      (_write, statement) =>
        !killed && statement.includes('insert into delivery_attempts') ? moment : 'pass',
      () => {
        killed = true;
        process.kill(faults.service(0).pid, 'SIGKILL');
      },
    );
    await bed.happen(job, 'ONE', 'TWO');
    await faults.service(0).ended;
    faults.proxy.unwatch();
    await faults.kill(0);
    await faults.start(0);
    await bed.settled(subscription.id, 40_000);
    await eventually('it is over', async () => (await bed.show(subscription.id)).status === 'COMPLETE');
    assert.deepEqual(new Set(bed.got(path).map((request) => eventOf(request).name)), new Set(['ONE']));
    checkSameBytes(bed.got(path));
    const states = (await bed.deliveries(subscription.id)).map(({ state }) => state);
    assert.deepEqual(states, ['delivered', 'cancelled']);
  });
}
