import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { jobEnd, jobHistory, submitJob } from '../support/api.ts';
import { checkEvents, registerEffectsApp } from '../support/effects.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBed } from '../support/fault-bed.ts';
import { type GatedHost, startGatedHost } from '../support/gated-host.ts';
import { sshLogin } from '../support/remote-systems.ts';

const MIB = 1024 * 1024;
const WAIT = { timeoutMs: 60_000, intervalMs: 100 };

/** A local execution system whose inputs come from a host behind a gate. */
class TransferBed implements AsyncDisposable {
  readonly host: GatedHost;
  readonly bed: FaultBed;
  readonly appId: string;

  private constructor(host: GatedHost, bed: FaultBed, appId: string) {
    this.host = host;
    this.bed = bed;
    this.appId = appId;
  }

  static async open(environment: Readonly<Record<string, string>>): Promise<TransferBed> {
    const host = await startGatedHost();
    const bed = await FaultBed.open({ environment });
    const storage = { protocol: 'SFTP', rootDir: bed.root, homeDir: '/home', ...sshLogin(host.entrance) };
    await bed.api.call('POST', '/systems/v2', { id: 'far', name: 'Far away', type: 'STORAGE', storage });
    const appId = await registerEffectsApp(bed.api, bed.systems, {
      name: 'copying',
      body: 'cat input-* > all',
      inputs: [
        { id: 'data', value: { required: true }, semantics: { minCardinality: 1, maxCardinality: -1 } },
      ],
    });
    return new TransferBed(host, bed, appId);
  }

  plant(name: string, bytes: number): Buffer {
    const content = randomBytes(bytes);
    writeFileSync(join(this.bed.root, 'home', name), content);
    return content;
  }

  async submit(...names: readonly string[]): Promise<string> {
    const inputs = { data: names.map((name) => `agave://far/${name}`) };
    return (await submitJob(this.bed.api, this.appId, { inputs, archive: true })).id;
  }

  /** The first row of progress of a job's transfers. */
  async progress(id: string) {
    const history = await jobHistory(this.bed.api, id);
    return history.flatMap(({ progress }) => progress ?? [])[0];
  }

  async told(id: string, pattern: RegExp): Promise<number> {
    const history = await jobHistory(this.bed.api, id);
    return history.filter(({ description }) => pattern.test(description ?? '')).length;
  }

  async untilTold(id: string, pattern: RegExp, times = 1): Promise<void> {
    await eventually(
      `the history says ${pattern}`,
      async () =>
        (await this.told(id, pattern)) >= times ||
        assert.fail(String((await this.bed.row(id))['last_message'])),
      WAIT,
    );
  }

  /** The job came to its end, once, and every byte of its inputs is in its archive. */
  async checkWhole(id: string, content: Buffer): Promise<void> {
    const job = await jobEnd(this.bed.api, id, 90_000);
    await this.bed.checkFinishedOnce([id]);
    const archive = join(this.bed.root, 'home', String(job.archivePath));
    assert.ok(readFileSync(join(archive, 'all')).equals(content), 'the input came whole');
    assert.deepEqual(
      readdirSync(archive, { recursive: true }).filter((name) => String(name).includes('.arras-part-')),
      [],
    );
    const work = join(this.bed.root, String((await this.bed.row(id))['work_path']));
    await eventually('the work directory is removed', () => !existsSync(work), WAIT);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bed[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }
}

describe('a transfer of which no byte comes', () => {
  let bed: TransferBed;
  before(async () => {
    bed = await TransferBed.open({ ARRAS_TRANSFER_STALLED: '2s', ARRAS_TRANSFER_GIVE_UP: '6s' });
  });
  afterEach(() => bed.host.open());
  after(() => bed[Symbol.asyncDispose]());

  test('is called stalled in the history and in its progress, and no longer when bytes come again', async () => {
    const content = bed.plant('input-stalls', 24 * MIB);
    bed.host.shutAfter(8 * MIB);
    const id = await bed.submit('input-stalls');
    await bed.untilTold(id, /^Stalled: no data of agave:\/\/far\/input-stalls has come for \d+ s$/);
    const stalled = await bed.progress(id);
    assert.ok(stalled?.stalledSince !== undefined, JSON.stringify(stalled));
    assert.ok(Date.parse(stalled.stalledSince) < Date.now() - 1_000);
    assert.ok(stalled.totalBytesTransferred < stalled.totalBytes);
    assert.equal(stalled.totalActiveTransfers, 1);
    bed.host.open();
    await bed.checkWhole(id, content);
    assert.equal(await bed.told(id, /^Data of .* comes again$/), 1);
    const whole = await bed.progress(id);
    assert.equal(whole?.stalledSince, undefined);
    assert.equal(whole?.totalBytesTransferred, content.length);
    assert.equal(await bed.told(id, /^Copy in progress$/), 2, 'one for the input, one for the archive');
  });

  test('is broken off in the end, costs the job no attempt, and goes on where it was', async () => {
    const content = bed.plant('input-breaks', 160 * MIB);
    bed.host.shutAfter(120 * MIB);
    const id = await bed.submit('input-breaks');
    await bed.untilTold(id, /^Waiting: no data of agave:\/\/far\/input-breaks has come for \d+ s\.$/);
    const sent = bed.host.sent();
    bed.host.open();
    await bed.checkWhole(id, content);
    assert.equal(
      await bed.told(id, /^The copy of agave:\/\/far\/input-breaks goes on where it was cut short$/),
      1,
    );
    assert.ok(bed.host.sent() - sent < 120 * MIB, `${bed.host.sent() - sent} bytes were sent again`);
    assert.equal(Number((await bed.bed.row(id))['staging_attempts']), 1);
    const transfers = (await jobHistory(bed.bed.api, id)).flatMap(({ progress }) => progress ?? []);
    assert.equal(transfers.length, 2, 'one for the input, one for the archive');
    assert.equal(transfers[0]?.totalBytesTransferred, content.length);
  });
});

describe('a service that dies while it moves data', () => {
  let bed: TransferBed;
  before(async () => {
    bed = await TransferBed.open({});
  });
  afterEach(() => bed.host.open());
  after(() => bed[Symbol.asyncDispose]());

  test('goes on with the copy; when the job is in hand each time, the attempt fails, and a clean stop does not count', async (t) => {
    const content = bed.plant('input-kills', 160 * MIB);
    bed.host.shutAfter(100 * MIB);
    const id = await bed.submit('input-kills');
    const untilHeld = async (): Promise<void> => {
      await eventually(
        'the transfer stands',
        async () => {
          const before = bed.host.sent();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return bed.host.sent() === before && before >= 100 * MIB;
        },
        WAIT,
      );
    };
    await untilHeld();
    bed.host.shutAfter(MIB);
    assert.equal(await bed.bed.service(0).stop(), 0);
    await bed.bed.start(0);
    await bed.untilTold(id, /^Staging was interrupted and goes on\.$/);
    assert.equal(Number((await bed.bed.row(id))['interruptions']), 0, 'a clean stop is not counted');
    for (let kill = 1; kill <= 6; kill += 1) {
      await eventually(
        `the job is in hand again, ${kill}`,
        async () =>
          Number((await bed.bed.row(id))['interruptions']) === kill - 1 &&
          (await bed.bed.row(id))['owner_replica'] !== null &&
          (await bed.bed.row(id))['status'] === 'STAGING_INPUTS',
        WAIT,
      );
      await bed.bed.kill(0);
      await bed.bed.start(0);
    }
    await bed.untilTold(
      id,
      /^Attempt 1 to stage job inputs failed: the service ended 6 times while it worked on this attempt$/,
    );
    const sent = bed.host.sent();
    bed.host.open();
    await bed.checkWhole(id, content);
    t.diagnostic(`${Math.round((bed.host.sent() - sent) / MIB)} of 160 MiB were sent after the last kill`);
    const transfers = (await jobHistory(bed.bed.api, id)).flatMap(({ progress }) => progress ?? []);
    assert.equal(transfers.length, 2, 'the transfer is the same in each attempt');
    await checkEvents(bed.bed.pool, id);
  });
});

describe('a system that takes one transfer at a time', () => {
  let bed: TransferBed;
  before(async () => {
    bed = await TransferBed.open({ ARRAS_TRANSFERS_PER_SYSTEM: '1' });
  });
  after(() => bed[Symbol.asyncDispose]());

  test('keeps other jobs waiting, which say so, and none for ever', async () => {
    const contents = ['input-1', 'input-2'].map((name) => bed.plant(name, 4 * MIB));
    bed.host.slowDown(8 * MIB);
    const ids = await Promise.all(Array.from({ length: 4 }, () => bed.submit('input-1', 'input-2')));
    let most = 0;
    const count = async (): Promise<boolean> => {
      const { rows } = await bed.bed.pool.query(
        `select (select count(*) from transfers where source like 'agave://far/%' and active_transfers > 0)::int as active,
          (select count(*) from jobs where status = 'FINISHED')::int as finished`,
      );
      most = Math.max(most, rows[0]?.active);
      return rows[0]?.finished === ids.length;
    };
    await eventually('all jobs have finished', count, WAIT);
    assert.equal(most, 1);
    const told = await Promise.all(
      ids.map((id) =>
        bed.told(id, /^Waiting: system \w+ has as many transfers as it may at a time \(1\)\.$/),
      ),
    );
    assert.ok(told.filter((times) => times > 0).length >= 2, JSON.stringify(told));
    for (const id of ids) await bed.checkWhole(id, Buffer.concat(contents));
  });
});
